# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: a team's account after a year, with what goes well in it and what does not."""

from . import demofiles
from .tags import Tags

_DAY = 86400
_MODELS_BUCKET = 'models-1250000000'
_TRAINING_BUCKET = 'training-1250000000'
_BUCKETS = (
    (_MODELS_BUCKET, 'ap-guangzhou'), (_TRAINING_BUCKET, 'ap-guangzhou'),
    ('datasets-1250000000', 'ap-guangzhou'), ('models-sh-1250000000', 'ap-shanghai'),
    ('archive-1250000000', 'ap-beijing'),
    ('ti-automl-gz-1300000000', 'ap-guangzhou'),  # the platform's own
)

# Name; framework; format; what it takes; team; stage; metrics of the versions, oldest first.
_GUANGZHOU = (
    ('安全帽检测', 'PYTORCH', 'TORCH_SCRIPT', 'detect', '视觉', '生产',
     ('mAP50=0.713,mAP50-95=0.52', 'mAP50=0.741,mAP50-95=0.548', 'mAP50=0.768,mAP50-95=0.571')),
    ('表面缺陷检测', 'MMDETECTION', 'MMDETECTION', 'detect', '视觉', '生产',
     ('mAP50=0.655,mAP50-95=0.431', 'mAP50=0.702,mAP50-95=0.466')),
    ('vehicle-detector', 'DETECTRON2', 'DETECTRON2', 'detect', '视觉', '测试',
     ('mAP50=0.821,mAP50-95=0.604', 'mAP50=0.834,mAP50-95=0.617', 'mAP50=0.829,mAP50-95=0.611',
      'mAP50=0.846,mAP50-95=0.63')),
    ('票据文字识别', 'PYTORCH', 'TORCH_SCRIPT', 'ocr', '文字识别', '生产',
     ('precision=0.942,recall=0.917,hmean=0.929', 'precision=0.955,recall=0.931,hmean=0.943')),
    ('身份证识别', 'PYTORCH', 'TORCH_SCRIPT', 'ocr', '文字识别', '生产',
     ('acc=0.981,norm_edit_dis=0.993',)),
    ('车牌识别_夜间', 'ONNX', 'ONNX', 'ocr', '文字识别', '实验', ('acc=0.903', 'acc=0.927')),
    ('invoice-layout', 'ONNX', 'ONNX', 'ocr', '文字识别', '测试', ('hmean=0.874',)),
    ('flower-classifier', 'TENSORFLOW', 'SAVED_MODEL', 'classify', '视觉', '实验',
     ('accuracy=0.912,loss=0.31', 'accuracy=0.934,loss=0.24')),
    ('花卉分类', 'TENSORFLOW', 'FROZEN_GRAPH', 'classify', '视觉', '实验', ('accuracy=0.905',)),
    ('商品图像分类', 'PYTORCH', 'TORCH_SCRIPT', 'classify', '视觉', '生产',
     ('top1=0.861,top5=0.972', 'top1=0.874,top5=0.977', 'top1=0.889,top5=0.981')),
    ('chest-xray', 'PYTORCH', 'PYTORCH', 'classify', '医疗', '测试', ('auc=0.951,f1=0.88',)),
    ('肺结节检测', 'PYTORCH', 'PYTORCH', 'detect', '医疗', '测试',
     ('sensitivity=0.91,fp=1.8', 'sensitivity=0.934,fp=1.4')),
    ('情感分析-bert', 'PYTORCH', 'HUGGING_FACE_BERT', 'text', '文本', '生产',
     ('f1=0.918,accuracy=0.921', 'f1=0.926,accuracy=0.93')),
    ('intent-bert', 'PYTORCH', 'HUGGING_FACE_BERT', 'text', '文本', '测试', ('f1=0.884',)),
    ('新闻标题生成', 'PYTORCH', 'HUGGING_FACE', 'text', '文本', '实验', ('rouge-l=0.386',)),
    ('敏感词过滤', 'TENSORFLOW', 'SAVED_MODEL', 'text', '文本', '生产', ('recall=0.997',)),
    ('ad-ctr', 'TENSORFLOW', 'SAVED_MODEL', 'text', '推荐', '生产',
     ('auc=0.781', 'auc=0.786', 'auc=0.789', 'auc=0.792', 'auc=0.7935')),
    ('首页推荐_排序', 'TENSORFLOW', 'SAVED_MODEL', 'text', '推荐', '生产',
     ('auc=0.752,gauc=0.701', 'auc=0.758,gauc=0.709')),
    ('churn-pmml', 'PMML', 'PMML', 'text', '推荐', '归档', ('auc=0.83',)),
    ('用户流失预测', 'PMML', 'PMML', 'text', '推荐', '归档', ('auc=0.841,ks=0.42',)),
    ('语音唤醒', 'PYTORCH', 'TORCH_SCRIPT', 'text', '语音', '测试', ('far=0.02,frr=0.031',)),
    ('speech-commands', 'ONNX', 'ONNX', 'text', '语音', '实验', ('accuracy=0.957',)),
    ('室内分割', 'PYTORCH', 'TORCH_SCRIPT', 'detect', '视觉', '实验', ('miou=0.712', 'miou=0.734')),
    ('road-segmentation', 'DETECTRON2', 'DETECTRON2', 'detect', '视觉', '测试', ('miou=0.81',)),
    ('人像抠图', 'ONNX', 'ONNX', 'classify', '视觉', '生产', ('sad=21.3', 'sad=19.8')),
    ('海报生成', 'PYTORCH', 'HUGGING_FACE_STABLE_DIFFUSION', 'text', '设计', '实验', ('',)),
    ('logo-lora', 'PYTORCH', 'HUGGING_FACE_STABLE_DIFFUSION', 'text', '设计', '实验', ('fid=18.2',)),
    ('OCR_v2-通用', 'PYTORCH', 'TORCH_SCRIPT', 'ocr', '文字识别', '测试',
     ('precision=0.961,recall=0.949', 'precision=0.966,recall=0.951',
      'precision=0.969,recall=0.955', 'precision=0.971,recall=0.957',
      'precision=0.974,recall=0.96', 'precision=0.976,recall=0.961',
      'precision=0.977,recall=0.963', 'precision=0.978,recall=0.965',
      'precision=0.98,recall=0.966', 'precision=0.981,recall=0.968')),
    ('pose-estimation', 'PYTORCH', 'PYTORCH', 'detect', '视觉', '实验', ('ap=0.668',)),
    ('工业仪表读数', 'PYTORCH', 'TORCH_SCRIPT', 'detect', '视觉', '测试', ('mae=0.7',)),
)
_SHANGHAI = (
    ('物流面单识别', 'PYTORCH', 'TORCH_SCRIPT', 'ocr', '文字识别', '生产',
     ('precision=0.957,recall=0.94', 'precision=0.963,recall=0.948')),
    ('warehouse-detector', 'PYTORCH', 'TORCH_SCRIPT', 'detect', '视觉', '测试', ('mAP50=0.77',)),
    ('客服问答', 'PYTORCH', 'HUGGING_FACE_BERT', 'text', '文本', '生产', ('f1=0.9',)),
)
# Name, framework, status, metrics by epoch.
_TASKS = (
    ('安全帽检测-yolo-第4轮', 'PYTORCH', 'SUCCEED',
     (('mAP50', (0.61, 0.74, 0.781)), ('mAP50-95', (0.41, 0.55, 0.583)))),
    ('vehicle-detector-r101', 'PYTORCH', 'SUCCEED',
     (('mAP50', (0.7, 0.83, 0.851)), ('loss', (0.9, 0.31, 0.204)))),
    ('票据识别-finetune', 'PYTORCH', 'SUCCEED', (('hmean', (0.91, 0.951)),)),
    ('flower-resnet50', 'TENSORFLOW', 'SUCCEED',
     (('accuracy', (0.8, 0.93, 0.941)), ('loss', (1.2, 0.4, 0.22)))),
    ('ad-ctr-weekly', 'TENSORFLOW', 'SUCCEED', (('auc', (0.78, 0.7941)),)),
    ('自定义镜像训练', '', 'SUCCEED', ()),
    ('情感分析-大批次', 'PYTORCH', 'RUNNING', (('f1', (0.71, 0.84)),)),
    ('海报生成-lora', 'PYTORCH', 'PENDING', ()),
    ('segmentation-oom', 'PYTORCH', 'FAILED', (('miou', (0.2,)),)),
    ('语音唤醒-中止', 'PYTORCH', 'STOPPED', (('far', (0.09, 0.04)),)),
    ('intent-distill', 'PYTORCH', 'SUCCEED', (('f1', (0.8, 0.891)),)),
    ('肺结节-3d', 'PYTORCH', 'SUBMIT_FAILED', ()),
)


class Demo:
    def __init__(self, cloud):
        self.cloud = cloud
        self.now = int(cloud.now())
        self.seed = 0
        self.models = {}

    def fill(self):
        self.cloud.settings.import_seconds = 6
        for name, region in _BUCKETS:
            self.cloud.buckets.make(name, region).created = self.now - 400 * _DAY
        for index, row in enumerate(_GUANGZHOU):
            self._model('ap-guangzhou', _MODELS_BUCKET, row, index)
        for index, row in enumerate(_SHANGHAI):
            self._model('ap-shanghai', 'models-sh-1250000000', row, index)
        self._imports()
        self._services()
        self._tasks()
        self._datasets()
        self._registries()

    # Models

    def _model(self, region, bucket, row, index):
        name, framework, file_format, kind, team, stage, metrics = row
        created = self.now - (360 - index * 9) * _DAY
        # The oldest models have bare digits as id.
        model_id = str(10_000_000_000 + index) if name == 'churn-pmml' else None
        model = self.cloud.repository.add_model(region, name, model_id, created)
        self.models[name] = model
        resource = Tags.model_resource(region, model.model_id)
        for key, value in (('team', team), ('阶段', stage),
                           ('qcs:tag:createdBy', 'data-scientist(100000000002)')):
            self.cloud.tags.attach(resource, key, value)
        if index % 4 == 0:
            self.cloud.tags.attach(resource, '数据集', f'2025Q{index % 3 + 1}')
        for number, text in enumerate(metrics):
            version = self._version(region, model, bucket, framework, file_format, text,
                                    created + number * 12 * _DAY)
            demofiles.put(self.cloud, bucket, version.path['Paths'][0], name, file_format, kind,
                          self.seed)
        if name == 'churn-pmml':
            model.versions[0].status = None  # as early records have it

    def _version(self, region, model, bucket, framework, file_format, metrics, created):
        self.seed += 1
        version = self.cloud.repository.add_version(region, model, created=created)
        version.framework = framework
        version.format = file_format
        version.metrics = metrics
        version.path = {'Bucket': bucket, 'Region': region, 'Paths': [
            f'ti-models/{model.model_id}/{version.version_id}/']}
        if self.seed % 3 == 0:
            version.source = 'JOB'
            version.texts = {'TrainingJobId': f'train-{self.cloud.long_id()}',
                             'TrainingJobName': f'{model.name}-{version.number}'}
        if self.seed % 7 == 0:
            version.environment_source = 'CUSTOM'
            version.image = {'ImageType': 'CCR', 'RegistryRegion': 'ap-guangzhou', 'RegistryId': '',
                             'ImageUrl': 'ccr.ccs.tencentyun.com/vision/runtime:1.4'}
        else:
            version.environment_id = 'pytorch1.9.0-py38(gpu)'
            version.environment = 'ccr.ccs.tencentyun.com/ti-platform/pytorch1.9.0-py38:gpu'
        return version

    def _further(self, name, metrics, created):
        """Another version of a model, like the one before."""
        model = self.models[name]
        last = model.versions[-1]
        return self._version('ap-guangzhou', model, _MODELS_BUCKET, last.framework, last.format,
                             metrics, created)

    def _imports(self):
        region = 'ap-guangzhou'
        for name, seconds in (('安全帽检测', 300), ('ad-ctr', 900)):
            version = self._further(name, '', self.now - 120)
            self.cloud.repository.start_import(version, None, None, False)
            version.task.is_endless = True
            version.task.seconds = seconds
        for name, message in (
                ('表面缺陷检测', '模型导入失败：COS 路径 training-1250000000/out/ 下没有文件'),
                ('intent-bert', 'MoveModelDirFailed: copy object model/pytorch_model.bin: '
                                'AccessDenied')):
            version = self._further(name, '', self.now - _DAY)
            version.status, version.progress, version.error = 'STATUS_FAILED', 62, message
        model = self.cloud.repository.add_model(region, '新导入的模型', None, self.now - 60)
        self.cloud.tags.attach(Tags.model_resource(region, model.model_id), 'team', '视觉')
        version = self._version(region, model, _MODELS_BUCKET, 'ONNX', 'ONNX', '', self.now - 60)
        self.cloud.repository.start_import(version, None, None, False)
        version.task.is_endless = True
        version.task.seconds = 600

    # Services

    def _services(self):
        for group_name, model, position, status in (
                ('helmet-online', '安全帽检测', 2, 'Normal'),
                ('helmet-canary', '安全帽检测', 1, 'Stopped'),
                ('receipt-ocr', '票据文字识别', 1, 'Normal'),
                ('id-card', '身份证识别', 0, 'Abnormal'),
                ('ctr-ranking', 'ad-ctr', 4, 'Normal'),
                ('product-images', '商品图像分类', 2, 'Waiting'),
                ('sentiment', '情感分析-bert', 0, 'Stopping'),
                ('defects', '表面缺陷检测', 1, '')):
            version = self.models[model].versions[position]
            self._service(group_name, version.model_info(), status)
        version = self.models['人像抠图'].versions[0]
        failed = self._service('matting', version.model_info(), 'CREATE_FAILED')
        failed.business_status = 'CREATE_FAILED'
        failed.create_failed_reason = 'ResourceInsufficient'
        second = self.models['ad-ctr'].versions[3].model_info()
        group = next(group for group in self.cloud.services.region('ap-guangzhou').values()
                     if group.name == 'ctr-ranking')
        self._add(group, second, 'Normal')
        group.services[0].weight, group.services[1].weight = 80, 20
        self._automatic_learning()

    def _service(self, name, model_info, status):
        group = self.cloud.services.add_group('ap-guangzhou', name)
        group.created = group.updated = self.now - 30 * _DAY
        self.cloud.tags.attach(Tags.group_resource('ap-guangzhou', group.group_id), 'team', '在线')
        return self._add(group, model_info, status)

    def _add(self, group, model_info, status):
        service = self.cloud.services.add_service(group, {
            'ModelInfo': model_info, 'ChargeType': 'POSTPAID_BY_HOUR',
            'InstanceType': 'TI.GN7.2XLARGE32.POST', 'Replicas': 2, 'ScaleMode': 'MANUAL',
            'ImageInfo': {'ImageType': 'PRE_SET', 'RegistryRegion': '', 'RegistryId': '',
                          'ImageUrl': 'ccr.ccs.tencentyun.com/ti-platform/pytorch1.9.0-py38:gpu'},
            'Env': [{'Name': 'TI_INFERENCE_NUMS', 'Value': '1'}]}, status)
        service.created = service.updated = group.created
        return service

    def _automatic_learning(self):
        """A model that only its service tells of."""
        task = f'ml-{self.cloud.short_id()}-v1'
        prefix = f'automl/public/shelf-{task}/ems/sdk/'
        info = {'ModelVersionId': task, 'ModelId': task, 'ModelName': '货架检测-自动学习',
                'ModelVersion': 'v1', 'ModelSource': '', 'ModelType': 'AUTO_ML',
                'CosPathInfo': {'Bucket': 'ti-automl-gz-1300000000', 'Region': 'ap-guangzhou',
                                'Paths': [prefix]}}
        service = self._service('shelf-automl', info, 'Normal')
        service.group.create_source = 'AUTO_ML'
        demofiles.put(self.cloud, 'ti-automl-gz-1300000000', prefix, '货架检测', 'TORCH_SCRIPT',
                      'detect', 90)

    # Tasks, data, images

    def _tasks(self):
        for index, (name, framework, status, metrics) in enumerate(_TASKS):
            task = self.cloud.tasks.add(
                'ap-guangzhou', name, framework=framework, status=status,
                created=self.now - (index * 5 + 1) * _DAY,
                metrics=[(key, list(values)) for key, values in metrics],
                tags={'team': '视觉' if index % 2 else '文本'})
            if status == 'FAILED':
                task.failure = 'CUDA out of memory'
            task.output = {'Bucket': _TRAINING_BUCKET, 'Region': 'ap-guangzhou', 'Paths': ['out/']}
            if status in ('SUCCEED', 'STOPPED'):
                demofiles.put(self.cloud, _TRAINING_BUCKET, f'out/{task.task_id}/model/', name,
                              'SAVED_MODEL' if framework == 'TENSORFLOW' else 'TORCH_SCRIPT',
                              'classify', index)
                self.cloud.buckets.put_bytes(_TRAINING_BUCKET, f'out/{task.task_id}/train.log',
                                             b'epoch 1\nepoch 2\nepoch 3\n', 'text/plain')
        self.cloud.tasks.add('ap-shanghai', '面单识别-第3轮', metrics=[('precision', [0.95, 0.966])])

    def _datasets(self):
        put = self.cloud.buckets.put_bytes
        for index in range(40):
            put('datasets-1250000000', f'安全帽/图片/{index:04d}.jpg', bytes(2000 + index),
                'image/jpeg')
        put('datasets-1250000000', '安全帽/', b'')
        put('datasets-1250000000', 'code/train.zip', bytes(4096), 'application/zip')
        put('datasets-1250000000', 'a b+c%d/说明 #1.txt', '空格与符号\n'.encode(), 'text/plain')
        put('archive-1250000000', '2023/old-model.bin', bytes(1000))
        bucket = self.cloud.buckets.buckets['archive-1250000000']
        bucket.objects['2023/old-model.bin'].headers['x-cos-storage-class'] = 'ARCHIVE'
        demofiles.put(self.cloud, _TRAINING_BUCKET, 'upload/新模型/', '新模型', 'ONNX', 'detect', 3)

    def _registries(self):
        registries = self.cloud.registries
        vision = registries.add_instance('vision-images')
        registries.add_images(vision.repositories, 'inference/detector', ['2.1', '2.0', '1.9'])
        registries.add_images(vision.repositories, 'inference/ocr-runtime', ['1.2-gpu', '1.2-cpu'])
        registries.add_images(vision.repositories, 'base/python', ['3.11', '3.10', '3.9'])
        registries.add_instance('old-images', status='Isolate')
        shanghai = registries.add_instance('sh-images', 'ap-shanghai')
        registries.add_images(shanghai.repositories, 'inference/waybill', ['0.9'])
        registries.personal = {}
        registries.add_images(registries.personal, 'vision/runtime', ['1.4', '1.3'], 134_217_728)
        registries.add_images(registries.personal, 'vision/notebook', ['latest'], 268_435_456)


def fill(cloud):
    Demo(cloud).fill()
