#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what MLflow leaves on a disk, without MLflow.

    make.py FOLDER              the small stores of this folder
    make.py --runs N FOLDER     one store of N runs, as folders and as a database, to measure with

The layouts are those that the tracking stores of MLflow 1 to 3 document in their sources: folders
and files of the file store, tables of the SQLAlchemy store at three of its schemas.
"""

import argparse
import json
import pathlib
import pickle
import sqlite3

START = 1718000000000
ORIGIN = '/srv/training'

FLAVORS = {
    'sklearn': 'sklearn:\n    code: null\n    pickled_model: model.pkl\n'
               '    serialization_format: cloudpickle\n    sklearn_version: 1.4.2\n',
    'xgboost': 'xgboost:\n    code: null\n    data: model.ubj\n    model_class: xgboost.sklearn.XGBModel\n'
               '    xgb_version: 2.0.3\n',
    'pytorch': 'pytorch:\n    code: null\n    model_data: data\n    pytorch_version: 2.5.1\n',
}
FILES = {'sklearn': 'model.pkl', 'xgboost': 'model.ubj', 'pytorch': 'data/model.pth'}


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding='utf-8')


def yaml_text(value):
    """As PyYAML would put it: what reads as another type is quoted."""
    if value is None:
        return 'null'
    if isinstance(value, (int, list)):
        return str(value)
    if value == '' or value[0] in '0123456789-[{"\'&*!|>%@`' or ': ' in value:
        return "'" + value.replace("'", "''") + "'"
    return value


def write_meta(folder, **members):
    write(folder / 'meta.yaml', ''.join(f'{key}: {yaml_text(value)}\n'
                                        for key, value in sorted(members.items())))


def write_model(folder, flavor, run, created, **more):
    text = ''.join(f'{key}: {yaml_text(value)}\n' for key, value in sorted(more.items()))
    text += f'flavors:\n  python_function:\n    loader_module: mlflow.{flavor}\n'
    text += f'    model_path: {FILES[flavor]}\n    python_version: 3.11.9\n  {FLAVORS[flavor]}'
    text += f'mlflow_version: 2.14.1\nmodel_size_bytes: 642\nrun_id: {run}\n'
    text += 'signature:\n  inputs: \'[{"type": "double", "name": "x", "required": true}]\'\n'
    text += '  outputs: \'[{"type": "long", "required": true}]\'\n  params: null\n'
    text += f'utc_time_created: \'{created}\'\n'
    write(folder / 'MLmodel', text)
    write(folder / 'requirements.txt', 'mlflow==2.14.1\nscikit-learn==1.4.2\n')
    # The oldest protocol is text.
    write(folder / FILES[flavor], pickle.dumps({'coef': [0.5, -1.25]}, 0).decode())


def write_experiment(store, number, name, stage='active'):
    write_meta(store / number, artifact_location=f'file://{ORIGIN}/mlruns/{number}',
               creation_time=START, experiment_id=number, last_update_time=START,
               lifecycle_stage=stage, name=name)


def write_run(store, experiment, run, *, name='', status=3, start=START, metrics=(), tags=(),
              uri=None, **more):
    folder = store / experiment / run
    members = {
        'artifact_uri': uri or f'file://{ORIGIN}/mlruns/{experiment}/{run}/artifacts',
        'end_time': start + 90000 if status in (3, 4, 5) else None, 'entry_point_name': '',
        'experiment_id': experiment, 'lifecycle_stage': 'active', 'run_id': run, 'run_name': name,
        'run_uuid': run, 'source_name': '', 'source_type': 4, 'source_version': '',
        'start_time': start, 'status': status, 'tags': [], 'user_id': 'ml', **more}
    write_meta(folder, **{key: value for key, value in members.items() if value != 'absent'})
    for key, lines in dict(metrics).items():
        write(folder / 'metrics' / key, lines)
    for key, value in dict(tags).items():
        write(folder / 'tags' / key, value)
    write(folder / 'params' / 'max_depth', '6')
    return folder


def run_id(number):
    return f'{number:032x}'


def make_files_2(folder):
    """A store of MLflow 2, one run of MLflow 1 in it, moved from where it was written."""
    store = folder / 'mlruns'
    write_experiment(store, '0', 'Default')
    write_experiment(store, '428501738292712345', '风控 / fraud')

    run = write_run(store, '428501738292712345', run_id(0xa1), name='rebellious-asp-731',
                    metrics={'acc': f'{START} 0.5 0\n{START + 1000} 0.91 1\n{START + 2000} 0.9375 2\n',
                             'val/loss': f'{START} 0.75 0\n{START + 1000} 0.25 1\n',
                             'grad_norm': f'{START} 3.5 0\n{START + 1000} nan 1\n',
                             'ratio': f'{START} inf 0\n',
                             'system/cpu_utilization_percentage': f'{START} 12.5 0\n'},
                    tags={'mlflow.runName': 'rebellious-asp-731', 'mlflow.source.name': 'train.py'})
    write_model(run / 'artifacts' / 'model', 'sklearn', run_id(0xa1), '2024-06-10 06:14:21.000001',
                artifact_path='model', model_uuid='6cb8d5c2f6a34fd7a8b5a6f2f5d3a111')
    write_model(run / 'artifacts' / 'best' / 'estimator', 'xgboost', run_id(0xa1),
                '2024-06-10 06:15:21.000001', artifact_path='best/estimator')
    write(run / 'artifacts' / 'confusion.csv', 'a,b\n1,2\n')

    # MLflow 1: the name is a tag, lines of metrics have no step, the id of an experiment is a number.
    run = write_run(store, '0', run_id(0xa2), status=4, start=START - 86400000,
                    metrics={'rmse': f'{START} 12.5\n{START + 5} 11.25\n'},
                    tags={'mlflow.runName': '基线'}, experiment_id=0, run_name='absent', name='')
    write(run / 'artifacts' / 'weights.bin', 'not a model that MLflow knows\n')

    write_run(store, '0', run_id(0xa3), name='still running', status=1, start=START + 100)
    write_run(store, '0', run_id(0xa4), name='in a bucket', start=START + 200,
              uri=f's3://models/0/{run_id(0xa4)}/artifacts',
              tags={'mlflow.log-model.history': json.dumps(
                  [{'run_id': run_id(0xa4), 'artifact_path': 'model',
                    'flavors': {'python_function': {}, 'lightgbm': {'lgb_version': '4.3.0'}}}])})
    write_run(store, '0', run_id(0xa5), name='deleted', lifecycle_stage='deleted',
              deleted_time=START + 300)
    write_run(store, '0', run_id(0xa6), name='served', status=5, start=START + 400,
              uri=f'mlflow-artifacts:/0/{run_id(0xa6)}/artifacts')
    write_model(folder / 'mlartifacts' / '0' / run_id(0xa6) / 'artifacts' / 'model', 'pytorch',
                run_id(0xa6), '2024-06-10 07:00:00')

    trash = store / '.trash'
    write_experiment(trash, '7', 'thrown away', stage='deleted')
    write_run(trash, '7', run_id(0xa7), name='thrown away')
    # What a registry keeps there is no experiment.
    write_meta(store / 'models' / 'fraud', name='fraud', creation_timestamp=START,
               last_updated_timestamp=START)


def make_files_3(folder):
    """A store of MLflow 3, where models lie beside the runs."""
    store = folder / 'mlruns'
    write_experiment(store, '0', 'Default')
    models = store / '0' / 'models'
    run = write_run(store, '0', run_id(0xb1), name='one model',
                    metrics={'acc': f'{START} 0.5 0\n{START + 9} 0.75 4\n', 'auc': f'{START} 0.875 0\n'})
    write_meta(run / 'outputs' / f'm-{run_id(0xc1)}', source_type='RUN_OUTPUT',
               source_id=run_id(0xb1), destination_type='MODEL_OUTPUT',
               destination_id=f'm-{run_id(0xc1)}', step=0, tags=[])
    run = write_run(store, '0', run_id(0xb2), name='checkpoints', start=START + 1000,
                    metrics={'loss': f'{START} 0.125 100\n'})
    for number in (0xc2, 0xc3):
        write_meta(run / 'outputs' / f'm-{run_id(number)}', step=number)
    # One whose run does not say so.
    write_run(store, '0', run_id(0xb3), name='by its source', start=START + 2000)

    for number, source, name in ((0xc1, 0xb1, 'classifier'), (0xc2, 0xb2, 'step 10'),
                                 (0xc3, 0xb2, 'step 20'), (0xc4, 0xb3, 'external')):
        model = models / f'm-{run_id(number)}'
        write_meta(model, artifact_location=f'{ORIGIN}/mlruns/0/models/{model.name}/artifacts',
                   creation_timestamp=START, experiment_id='0', last_updated_timestamp=START,
                   lifecycle_stage='active', model_id=model.name, model_type='', name=name,
                   source_run_id=run_id(source), status=2, status_message='null')
        write_model(model / 'artifacts', 'pytorch', run_id(source), '2025-08-01 10:00:00',
                    model_id=model.name)
    write(models / f'm-{run_id(0xc1)}' / 'metrics' / 'acc', f'{START + 9} 0.75 4 {run_id(0xb1)}\n')
    for number, loss in ((0xc2, '0.5'), (0xc3, '0.25')):
        write(models / f'm-{run_id(number)}' / 'metrics' / 'loss',
              f'{START} {loss} {number} {run_id(0xb2)} train 1a2b3c\n')


RUNS = '''
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
CREATE TABLE experiments (experiment_id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(256) NOT NULL
  UNIQUE, artifact_location VARCHAR(256), lifecycle_stage VARCHAR(32)
  CHECK (lifecycle_stage IN ('active', 'deleted')){experiment});
CREATE TABLE runs (run_uuid VARCHAR(32) NOT NULL PRIMARY KEY, name VARCHAR(250), source_type
  VARCHAR(20), source_name VARCHAR(500), entry_point_name VARCHAR(50), user_id VARCHAR(256), status
  VARCHAR(9) CHECK (status IN ('SCHEDULED', 'FAILED', 'FINISHED', 'RUNNING', 'KILLED')), start_time
  BIGINT, end_time BIGINT, source_version VARCHAR(50), lifecycle_stage VARCHAR(20), artifact_uri
  VARCHAR(200), experiment_id INTEGER REFERENCES experiments (experiment_id){run});
CREATE TABLE metrics (key VARCHAR(250) NOT NULL, value FLOAT NOT NULL, timestamp BIGINT NOT NULL,
  run_uuid VARCHAR(32) NOT NULL REFERENCES runs (run_uuid){metric});
CREATE TABLE params (key VARCHAR(250) NOT NULL, value VARCHAR({param}) NOT NULL, run_uuid VARCHAR(32)
  NOT NULL REFERENCES runs (run_uuid), PRIMARY KEY (key, run_uuid));
CREATE TABLE tags (key VARCHAR(250) NOT NULL, value VARCHAR(5000), run_uuid VARCHAR(32) NOT NULL
  REFERENCES runs (run_uuid), PRIMARY KEY (key, run_uuid));
'''
LATEST = '''
CREATE TABLE latest_metrics (key VARCHAR(250) NOT NULL, value FLOAT NOT NULL, timestamp BIGINT, step
  BIGINT NOT NULL, is_nan BOOLEAN NOT NULL CHECK (is_nan IN (0, 1)), run_uuid VARCHAR(32) NOT NULL
  REFERENCES runs (run_uuid), PRIMARY KEY (key, run_uuid));
'''
MODELS = '''
CREATE TABLE inputs (input_uuid VARCHAR(36) NOT NULL, source_type VARCHAR(36) NOT NULL, source_id
  VARCHAR(36) NOT NULL, destination_type VARCHAR(36) NOT NULL, destination_id VARCHAR(36) NOT NULL,
  step BIGINT DEFAULT 0 NOT NULL, PRIMARY KEY (source_type, source_id, destination_type,
  destination_id));
CREATE TABLE logged_models (model_id VARCHAR(36) NOT NULL PRIMARY KEY, experiment_id INTEGER NOT NULL,
  name VARCHAR(500) NOT NULL, artifact_location VARCHAR(1000) NOT NULL, creation_timestamp_ms BIGINT
  NOT NULL, last_updated_timestamp_ms BIGINT NOT NULL, status INTEGER NOT NULL, lifecycle_stage
  VARCHAR(32), model_type VARCHAR(500), source_run_id VARCHAR(32), status_message VARCHAR(1000));
CREATE TABLE logged_model_metrics (model_id VARCHAR(36) NOT NULL, metric_name VARCHAR(500) NOT NULL,
  metric_timestamp_ms BIGINT NOT NULL, metric_step BIGINT NOT NULL, metric_value FLOAT, experiment_id
  INTEGER NOT NULL, run_id VARCHAR(32) NOT NULL, dataset_uuid VARCHAR(36), dataset_name VARCHAR(500),
  dataset_digest VARCHAR(36), PRIMARY KEY (model_id, metric_name, metric_timestamp_ms, metric_step,
  run_id));
'''
STEPS = (', step BIGINT DEFAULT 0 NOT NULL, is_nan BOOLEAN DEFAULT 0 NOT NULL,'
         ' PRIMARY KEY (key, timestamp, step, run_uuid, value, is_nan)')
# Revisions of the schema: before steps were counted, of MLflow 2.9, of MLflow 3.10.
SCHEMAS = {
    '451aebb31d03': (RUNS.format(experiment='', run='', param=250, metric=''),),
    'acf3f17fdcc7': (RUNS.format(experiment=', creation_time BIGINT, last_update_time BIGINT',
                                 run=', deleted_time BIGINT', param=8000, metric=STEPS), LATEST),
    'da6fb0208061': (RUNS.format(experiment=", creation_time BIGINT, last_update_time BIGINT,"
                                            " workspace VARCHAR(63) DEFAULT 'default' NOT NULL",
                                 run=', deleted_time BIGINT', param=8000, metric=STEPS),
                     LATEST, MODELS),
}


def create_database(path, revision):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path)
    # Small pages keep the many empty tables small.
    database.execute('PRAGMA page_size = 512')
    for script in SCHEMAS[revision]:
        database.executescript(script)
    insert(database, 'alembic_version', version_num=revision)
    return database


def insert(database, table, **members):
    database.execute(f'INSERT INTO {table} ({", ".join(members)}) VALUES '
                     f'({", ".join("?" * len(members))})', tuple(members.values()))


def insert_run(database, number, **more):
    members = {'run_uuid': run_id(number), 'name': f'run {number:x}', 'source_type': 'LOCAL',
               'status': 'FINISHED', 'start_time': START + number, 'end_time': START + number + 90000,
               'lifecycle_stage': 'active', 'experiment_id': 1,
               'artifact_uri': f'{ORIGIN}/mlruns/1/{run_id(number)}/artifacts', **more}
    insert(database, 'runs', **members)


def make_database(folder, revision):
    database = create_database(folder / 'mlflow.db', revision)
    insert(database, 'experiments', experiment_id=1, name='风控', lifecycle_stage='active',
           artifact_location=f'{ORIGIN}/mlruns/1')
    insert(database, 'experiments', experiment_id=2, name='gone', lifecycle_stage='deleted',
           artifact_location=f'{ORIGIN}/mlruns/2')
    insert_run(database, 0xd1, name='视觉/基线')
    insert_run(database, 0xd2, name='', status='RUNNING', end_time=None)
    insert(database, 'tags', key='mlflow.runName', value='named by a tag', run_uuid=run_id(0xd2))
    insert_run(database, 0xd3, lifecycle_stage='deleted')
    insert_run(database, 0xd4, experiment_id=2)
    insert_run(database, 0xd5, status='KILLED', artifact_uri=f's3://b/1/{run_id(0xd5)}/artifacts')
    insert(database, 'tags', key='mlflow.log-model.history', run_uuid=run_id(0xd5),
           value=json.dumps([{'flavors': {'catboost': {}}}]))

    values = [('acc', 0.9375, 2, 0), ('val/loss', 0.1, 1, 0), ('nothing', 0.0, 1, 1),
              ('up', 1.7976931348623157e308, 1, 0), ('down', -1.7976931348623157e308, 1, 0)]
    for key, value, step, is_nan in values:
        row = {'key': key, 'value': value, 'timestamp': START + step, 'run_uuid': run_id(0xd1)}
        if revision == '451aebb31d03':
            insert(database, 'metrics', **{**row, 'timestamp': START - 1, 'value': 0.5})
        else:
            row.update(step=step, is_nan=is_nan)
            insert(database, 'latest_metrics', **row)
        insert(database, 'metrics', **row)
    if revision == 'da6fb0208061':
        model = f'm-{run_id(0xe1)}'
        insert(database, 'logged_models', model_id=model, experiment_id=1, name='classifier',
               artifact_location=f'{ORIGIN}/mlruns/1/models/{model}/artifacts', status=2,
               creation_timestamp_ms=START, last_updated_timestamp_ms=START,
               lifecycle_stage='active', source_run_id=run_id(0xd1))
        insert(database, 'logged_model_metrics', model_id=model, metric_name='acc',
               metric_timestamp_ms=START, metric_step=2, metric_value=0.9375, experiment_id=1,
               run_id=run_id(0xd1))
        write_model(folder / 'mlruns' / '1' / 'models' / model / 'artifacts', 'xgboost',
                    run_id(0xd1), '2026-01-01 00:00:00')
    else:
        write_model(folder / 'mlruns' / '1' / run_id(0xd1) / 'artifacts' / 'model', 'sklearn',
                    run_id(0xd1), '2024-06-10 06:14:21')
    database.commit()
    database.execute('VACUUM')
    database.close()


def make_many(folder, count):
    """As training with few files each leaves it: three metrics, two tags, a model."""
    store = folder / 'files' / 'mlruns'
    write_experiment(store, '0', 'Default')
    database = create_database(folder / 'database' / 'mlflow.db', 'da6fb0208061')
    insert(database, 'experiments', experiment_id=0, name='Default', lifecycle_stage='active')
    for number in range(1, count + 1):
        run = write_run(store, '0', run_id(number), name=f'run-{number}', start=START + number * 1000,
                        metrics={name: ''.join(f'{START + step} {step / 128} {step}\n'
                                               for step in range(20))
                                 for name in ('acc', 'loss', 'f1')},
                        tags={'mlflow.runName': f'run-{number}', 'mlflow.source.name': 'train.py'})
        write_model(run / 'artifacts' / 'model', 'sklearn', run_id(number), '2024-06-10 06:14:21')
        write_model(folder / 'database' / 'mlruns' / '0' / run_id(number) / 'artifacts' / 'model',
                    'sklearn', run_id(number), '2024-06-10 06:14:21')
        insert_run(database, number, name=f'run-{number}', experiment_id=0)
        for name in ('acc', 'loss', 'f1'):
            insert(database, 'latest_metrics', key=name, value=19 / 128, timestamp=START, step=19,
                   is_nan=0, run_uuid=run_id(number))
            for step in range(20):
                insert(database, 'metrics', key=name, value=step / 128, timestamp=START + step,
                       step=step, is_nan=0, run_uuid=run_id(number))
        for name in ('mlflow.runName', 'mlflow.source.name'):
            insert(database, 'tags', key=name, value=f'run-{number}', run_uuid=run_id(number))
    database.commit()
    database.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--runs', type=int, metavar='N')
    parser.add_argument('folder', type=pathlib.Path)
    options = parser.parse_args()
    if options.runs:
        make_many(options.folder, options.runs)
        return
    make_files_2(options.folder / 'files-2')
    make_files_3(options.folder / 'files-3')
    for number, revision in enumerate(SCHEMAS, 1):
        make_database(options.folder / f'database-{number}', revision)


if __name__ == '__main__':
    main()
