#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the small files of models of tables in this folder: scikit-learn, XGBoost, joblib.

    make-tables.py FOLDER

Needs python3-sklearn, python3-xgboost and python3-joblib of Debian 13. The versions that wrote what
is committed stand in README.md.
"""

import pathlib
import pickle
import sys

import joblib
import numpy
import xgboost
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler


def make_table():
    random = numpy.random.default_rng(1)
    values = random.normal(size=(60, 4))
    return values, (values[:, 0] + values[:, 1] > 0).astype(int) + (values[:, 2] > 1)


def write_sklearn(folder):
    values, classes = make_table()
    linear = LogisticRegression().fit(values, classes)
    for protocol in range(6):
        (folder / f'linear-{protocol}.pkl').write_bytes(pickle.dumps(linear, protocol))

    forest = RandomForestClassifier(n_estimators=2, max_depth=2, random_state=1)
    pipeline = make_pipeline(
        ColumnTransformer([('all', StandardScaler(), [0, 1, 2, 3])]),
        FunctionTransformer(numpy.abs), forest).fit(values, classes)
    joblib.dump(pipeline, folder / 'pipeline.joblib')
    for method in ('zlib', 'gzip', 'bz2', 'xz', 'lzma'):
        joblib.dump(pipeline, folder / f'pipeline-{method}.joblib', compress=(method, 9))
    # Objects in an array: a pickle inside of the pickle.
    joblib.dump({'labels': numpy.array(['ä', 'ö'], dtype=object), 'values': values[:3],
                 'last': linear}, folder / 'objects.joblib')


def write_xgboost(folder):
    values, classes = make_table()
    names = ['age', '身高', 'weight', 'height']
    data = xgboost.DMatrix(values, classes, feature_names=names)
    booster = xgboost.train({'objective': 'multi:softprob', 'num_class': 3, 'max_depth': 2}, data, 2)
    booster.save_model(folder / 'xgboost.json')
    booster.save_model(folder / 'xgboost.ubj')
    booster.save_model(folder / 'xgboost.deprecated')
    booster.dump_model(folder / 'xgboost.txt')
    dart = xgboost.train({'booster': 'dart', 'objective': 'reg:squarederror', 'max_depth': 1},
                         xgboost.DMatrix(values, classes), 2)
    dart.save_model(folder / 'dart.json')
    (folder / 'booster.pkl').write_bytes(pickle.dumps(booster, 4))


def main():
    folder = pathlib.Path(sys.argv[1])
    write_sklearn(folder)
    write_xgboost(folder)


if __name__ == '__main__':
    main()
