#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Training outputs as the tools lay them out: make.py FOLDER [--many N]

Every file is written by hand to the documented layout; weights are a few bytes of nothing. With
--many, FOLDER gets N Ultralytics runs instead.
"""

import json
import os
import pathlib
import sys

NAN = float('nan')
DETECT = ['epoch', 'time', 'train/box_loss', 'train/cls_loss', 'metrics/precision(B)',
          'metrics/recall(B)', 'metrics/mAP50(B)', 'metrics/mAP50-95(B)', 'val/box_loss',
          'val/cls_loss', 'lr/pg0']


class Tree:
    def __init__(self, root):
        self.root = pathlib.Path(root)

    def write(self, path, content='weights'):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding='utf-8')
        return target

    def json(self, path, content):
        # As the tools do: NaN and Infinity stand there bare.
        return self.write(path, json.dumps(content, indent=2))


def table(titles, rows, padded=False):
    lines = [titles, *rows]
    if padded:
        return ''.join(','.join(f'{cell:>23}' for cell in line) + '\n' for line in lines)
    return ''.join(','.join(map(str, line)) + '\n' for line in lines)


def arguments(**values):
    return ''.join(f'{key}: {value}\n' for key, value in values.items())


def ultralytics(tree):
    # An old version: padded, epochs from 0. The best row is the second.
    at = 'runs/detect/train7'
    tree.write(f'{at}/args.yaml', arguments(
        task='detect', mode='train', model='yolo11n.pt', data='coco8.yaml', epochs=3, imgsz=640,
        save_dir='/elsewhere/runs/detect/train7'))
    tree.write(f'{at}/results.csv', table(DETECT, [
        [0, 11.5, 1.2, 2.5, 0.61, 0.52, 0.6, 0.41, 1.3, 2.2, 0.01],
        [1, 22.9, 1.1, 2.1, 0.71, 0.62, 0.71, 0.52, 1.1, 2.0, 0.009],
        [2, 34.0, 1.0, 2.0, 0.72, 0.61, 0.72, 0.51, 'nan', 2.1, 0.008]], padded=True))
    for name in ('best.pt', 'last.pt', 'epoch0.pt', 'epoch1.pt', 'best.onnx',
                 'best_openvino_model/best.xml', 'best_openvino_model/best.bin'):
        tree.write(f'{at}/weights/{name}')

    # A newer one: epochs from 1; not through yet.
    at = 'runs/classify/花卉分类'
    tree.write(f'{at}/args.yaml', arguments(
        task='classify', mode='train', model='/models/yolo11s-cls.pt', epochs=100))
    tree.write(f'{at}/results.csv', table(
        ['epoch', 'time', 'train/loss', 'metrics/accuracy_top1', 'metrics/accuracy_top5',
         'val/loss'],
        [[1, 3.5, 1.5, 0.81, 0.97, 0.7], [2, 6.9, 1.2, 0.9, 0.98, 0.6],
         [3, 9.9, 'nan', 'nan', 'nan', 'inf']]) + '4,13.0,0.9')
    for name in ('best.pt', 'last.pt', 'epoch1.pt'):
        tree.write(f'{at}/weights/{name}')


def paddle_entry(stem, score):
    """One of the models of train_result.json, as the tools' uniform output has it."""
    if score is None:
        return {key: '' for key in ('score', 'pdparams', 'pdopt', 'pdstates', 'inference_config',
                                    'pdmodel', 'pdiparams', 'pdiparams.info')}
    return {
        'score': score,
        'pdparams': f'{stem}/{stem}.pdparams',
        'pdopt': f'{stem}/{stem}.pdopt',
        'pdstates': f'{stem}/{stem}.states',
        'inference_config': f'/data/train/out/{stem}/inference/inference.yml',
        'pdmodel': f'{stem}/inference/inference.json',
        'pdiparams': f'{stem}/inference/inference.pdiparams',
        'pdiparams.info': '',
    }


def paddleocr(tree):
    at = 'ocr/车牌识别'
    tree.json(f'{at}/train_result.json', {
        'model_name': 'PP-OCRv4_mobile_rec', 'label_dict': '/data/dict.txt',
        'train_log': 'train.log', 'config': 'config.yaml', 'done_flag': True,
        'models': {
            'best': paddle_entry('best_accuracy', 0.9731),
            'last_1': paddle_entry('iter_epoch_20', 0.95),
            'last_2': paddle_entry('iter_epoch_10', NAN),
            'last_3': paddle_entry('', None),
        }})
    tree.write(f'{at}/config.yml', 'Global:\n  model_name: PP-OCRv4_mobile_rec\n  epoch_num: 20\n'
               'Architecture:\n  model_type: rec\n  algorithm: SVTR_LCNet\n')
    for stem in ('best_accuracy', 'iter_epoch_20', 'iter_epoch_10'):
        tree.write(f'{at}/{stem}/{stem}.pdparams')
    for name in ('inference.yml', 'inference.json', 'inference.pdiparams'):
        tree.write(f'{at}/best_accuracy/inference/{name}')

    at = 'ocr/det_r50'
    tree.write(f'{at}/config.yml', 'Global:\n  epoch_num: 500\nArchitecture:\n  model_type: det\n'
               '  algorithm: DB\n')
    for stem in ('best_accuracy', 'latest', 'iter_epoch_100'):
        for suffix in ('pdparams', 'pdopt', 'states'):
            tree.write(f'{at}/{stem}.{suffix}')
    tree.json(f'{at}/best_accuracy.info.json', {
        'epoch': 37, 'metric': {'hmean': 0.81, 'precision': 0.85, 'recall': NAN, 'fps': 41.5}})


def paddledetection(tree):
    at = 'paddle/output'
    tree.json(f'{at}/train_results.json', {
        'model_name': 'PicoDet-S', 'done_flag': True, 'config': 'config.yaml',
        'models': {
            'best': {'score': '0.411', 'pdparams': 'best_model/best_model.pdparams',
                     'inference_config': 'best_model/inference/infer_cfg.yml',
                     'pdiparams': 'best_model/inference/model.pdiparams'},
            'last_1': {'score': 0.39, 'pdparams': '/other/machine/output/12/12.pdparams'}}})
    tree.write(f'{at}/config.yaml', 'architecture: PicoDet\nepoch: 12\n')
    tree.write(f'{at}/best_model/best_model.pdparams')
    tree.write(f'{at}/best_model/inference/infer_cfg.yml')
    tree.write(f'{at}/best_model/inference/model.pdiparams')
    tree.write(f'{at}/12/12.pdparams')

    at = 'paddle/output_inference/ppyoloe_crn_s'
    tree.write(f'{at}/infer_cfg.yml', 'mode: paddle\narch: YOLO\nmin_subgraph_size: 3\n'
               'label_list:\n- 猫\n- dog\ndraw_threshold: 0.5\n')
    tree.write(f'{at}/model.pdiparams')
    tree.write(f'{at}/model.json', '{}')

    at = 'paddle/ppyoloe_train'
    for stem in ('model_final', 'best_model', '9', '19'):
        tree.write(f'{at}/{stem}.pdparams')
        tree.write(f'{at}/{stem}.pdopt')

    at = 'paddle/seg'
    for stem in ('best_model', 'iter_500', 'iter_1000'):
        tree.write(f'{at}/{stem}/model.pdparams')


def autogluon(tree):
    at = 'AutogluonModels/ag-20250301_101500'
    tree.json(f'{at}/assets.json', {
        'learner_class': 'MultiModalLearner',
        'column_types': {'image': 'image_path', 'label': 'categorical'}, 'label_column': 'label',
        'problem_type': 'multiclass', 'presets': 'medium_quality', 'eval_metric_name': 'accuracy',
        'validation_metric_name': 'accuracy', 'output_shape': 5, 'fit_called': True,
        'best_score': 0.9125, 'total_train_time': 301.5, 'version': '1.2'})
    for name in ('config.yaml', 'df_preprocessor.pkl', 'model.ckpt'):
        tree.write(f'{at}/{name}')

    at = 'AutogluonModels/ag-20250302_090000'
    for name in ('predictor.pkl', 'learner.pkl', 'models/trainer.pkl',
                 'models/LightGBM/model.pkl'):
        tree.write(f'{at}/{name}')
    tree.json(f'{at}/metadata.json', {'system': 'Linux', 'version': '1.2', 'py_version': '3.11'})
    tree.write(f'{at}/version.txt', '1.2')


def transformers(tree):
    at = 'hf/情感分析'
    history = [
        {'epoch': 1.0, 'loss': 0.61, 'grad_norm': NAN, 'learning_rate': 2e-5, 'step': 500},
        {'epoch': 1.0, 'eval_loss': 0.35, 'eval_f1': 0.88, 'eval_runtime': 3.1, 'step': 500},
        {'epoch': 2.0, 'loss': 0.42, 'step': 1000},
        {'epoch': 2.0, 'eval_loss': NAN, 'eval_f1': 0.86, 'eval_runtime': 3.0, 'step': 1000}]
    for step in (500, 1000):
        tree.json(f'{at}/checkpoint-{step}/trainer_state.json', {
            'best_metric': 0.88, 'best_model_checkpoint': '/scratch/job/情感分析/checkpoint-500',
            'epoch': step / 500, 'global_step': step, 'max_steps': 1000, 'num_train_epochs': 2,
            'log_history': [entry for entry in history if entry['step'] <= step]})
        tree.json(f'{at}/checkpoint-{step}/config.json',
                  {'architectures': ['BertForSequenceClassification'], 'model_type': 'bert'})
        for name in ('model.safetensors', 'optimizer.pt', 'scheduler.pt', 'rng_state.pth',
                     'tokenizer.json', 'training_args.bin'):
            tree.write(f'{at}/checkpoint-{step}/{name}')
    # Being written: the state comes last.
    tree.write(f'{at}/checkpoint-1500/model.safetensors')
    for name in ('config.json', 'model.safetensors', 'tokenizer.json', 'training_args.bin'):
        tree.write(f'{at}/{name}')


def many(tree, count):
    """As few files as will do, since there are thousands."""
    content = arguments(task='detect', mode='train', model='yolo11n.pt', epochs=1)
    results = tree.write('results', table(DETECT, [
        [1, 11.5, 1.2, 2.5, 0.61, 0.52, 0.6, 0.41, 1.3, 2.2, 0.01]]))
    os.utime(results, (1_700_000_000, 1_700_000_000))
    folder = tree.root / 'runs' / 'detect'
    folder.mkdir(parents=True)
    for number in range(count):
        at = f'{folder}/train{number}'
        os.mkdir(at)
        with open(f'{at}/args.yaml', 'w', encoding='utf-8') as file:
            file.write(content)
        # One after the other, a second apart, the last the newest.
        os.utime(f'{at}/args.yaml', (1_700_000_000 + number, 1_700_000_000 + number))
        os.link(results, f'{at}/results.csv')


def main():
    tree = Tree(sys.argv[1])
    if sys.argv[2:3] == ['--many']:
        many(tree, int(sys.argv[3]))
        return
    for make in (ultralytics, paddleocr, paddledetection, autogluon, transformers):
        make(tree)


if __name__ == '__main__':
    main()
