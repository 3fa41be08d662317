#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test cloud's TI-ONE, Tag, TCR and Region."""

import json
import urllib.error
import urllib.request

from cloud_client import Client, Refused, differs, raises, resource_of, tag
from tap import Tap

import cloud as test_cloud

IMAGE = {'ImageType': 'PreSet', 'ImageUrl': 'ccr.ccs.tencentyun.com/a/b:1'}
WITHDRAWN = {
    'DescribeTrainingModels': {}, 'DescribeTrainingFrameworks': {},
    'DescribeLatestTrainingMetrics': {'TaskId': 'x'}, 'DescribeTrainingMetrics': {'TaskId': 'x'},
    'DescribeModelServices': {}, 'DescribeModelServiceHistory': {'ServiceId': 'x'},
    'ModifyModelServicePartialConfig': {'ServiceId': 'x'},
}


def place(prefix, bucket=test_cloud.BUCKET):
    return {'Bucket': bucket, 'Region': 'ap-guangzhou', 'Paths': [prefix]}


def import_model(client, **changes):
    parameters = {
        'ImportMethod': 'MODEL', 'TrainingModelName': '示例_model-1',
        'TrainingModelSource': 'COS', 'TrainingModelCosPath': place('source/'),
        'ModelMoveMode': 'COPY', 'AlgorithmFramework': 'PYTORCH',
        'ReasoningEnvironmentSource': 'SYSTEM', 'ReasoningEnvironmentId': 'pytorch1.9.0-py38(gpu)',
        **changes}
    return client.tione('CreateTrainingModel', **{
        name: value for name, value in parameters.items() if value is not None})


def version_of(client, version_id):
    return client.tione('DescribeTrainingModelVersion',
                        TrainingModelVersionId=version_id)['TrainingModelVersion']


def gateway(cloud):
    client = Client(cloud)
    yield from raises('UnknownParameter', client.tione, 'DescribeTrainingTasks', Nonsense=1)
    yield from raises('MissingParameter', client.tione, 'DescribeTrainingTask')
    yield from raises('InvalidParameter', client.tione, 'DescribeTrainingTasks', Limit='1')
    yield from raises('InvalidParameter', client.tione, 'DescribeTrainingTasks', Limit=True)
    yield from raises('InvalidParameter', client.tione, 'DescribeTrainingTasks', Filters=None)
    yield from raises('MissingParameter', client.tione, 'DeleteTrainingModel', EnableDeleteCos=True)
    yield from raises('InvalidAction', client.tione, 'DescribeEverything')
    yield from raises('UnsupportedRegion', client.api, 'tione', 'DescribeTrainingTasks',
                      region='ap-nowhere')
    regions = client.api('region', 'DescribeRegions', Product='tione')['RegionSet']
    yield from differs('regions', [region['Region'] for region in regions],
                       ['ap-guangzhou', 'ap-shanghai', 'ap-beijing', 'ap-nanjing'])
    yield from raises('RequestSizeLimitExceeded', client.tione, 'DescribeTrainingTasks',
                      OrderField='a' * (10 << 20))
    headers = client.api_headers('tione', 'DescribeTrainingTasks', b'[]')
    answer = json.loads(client.exchange('POST', '/', headers, b'[]').body)['Response']
    yield from differs('an array', answer['Error']['Code'], 'InvalidParameter')
    headers['X-TC-Language'] = 'zh-CN'
    headers['X-TC-Region'] = ''
    answer = json.loads(client.exchange('POST', '/', headers, b'[]').body)['Response']
    yield from differs('no region', answer['Error']['Code'], 'MissingParameter')
    cloud.control(rate_limit=3)
    try:
        for _ in range(12):
            client.tione('DescribeTrainingTasks')
        yield 'twelve calls passed a limit of three a second'
    except Refused as refusal:
        yield from differs('rate', refusal.code, 'RequestLimitExceeded')
    finally:
        cloud.control(rate_limit=0)


def withdrawn(cloud):
    client = Client(cloud)
    for action, parameters in WITHDRAWN.items():
        yield from raises('InvalidAction', client.tione, action, **parameters)
    cloud.control(withdrawn=False)
    for action, parameters in WITHDRAWN.items():
        try:
            client.tione(action, **parameters)
        except Refused as refusal:
            if refusal.code != 'ResourceNotFound':
                yield f'{action}: {refusal}'


def imports(cloud):
    client = Client(cloud)
    for name in ('model_service.py', 'config.json', 'model/a.bin'):
        client.cos('PUT', 'source/' + name, body=name.encode())
    created = import_model(client, Tags=[tag('team', '视觉')])
    first = version_of(client, created['TrainingModelVersionId'])
    yield from differs('running', (first['TrainingModelStatus'],
                                   0 < first['TrainingModelProgress'] < 100),
                       ('STATUS_RUNNING', True))
    second = version_of(client, created['TrainingModelVersionId'])
    yield from differs('done', (second['TrainingModelStatus'], second['TrainingModelProgress']),
                       ('STATUS_SUCCESS', 100))
    yield from differs('unset', (second['TrainingJobId'], second['ModelHotUpdatePath'],
                                 second['ReasoningImageInfo']['ImageType']), ('', None, ''))
    prefix = second['TrainingModelCosPath']['Paths'][0]
    yield from differs('copied', client.cos('GET', prefix + 'model/a.bin').body, b'model/a.bin')
    yield from differs('kept', client.cos('HEAD', 'source/config.json').status, 200)

    moved = import_model(client, ImportMethod='VERSION', TrainingModelId=created['Id'],
                         TrainingModelName=None, TrainingModelVersion='v2', ModelMoveMode='CUT',
                         ModelOutputPath=place('target/'))
    for _ in range(2):
        version_of(client, moved['TrainingModelVersionId'])
    yield from differs('moved', (client.cos('HEAD', 'source/config.json').status,
                                 client.cos('GET', 'target/config.json').body),
                       (404, b'config.json'))
    versions = client.tione('DescribeTrainingModelVersions', TrainingModelId=created['Id'])
    yield from differs('versions', [version['TrainingModelVersion'] for version in
                                    versions['TrainingModelVersions']], ['v2', 'v1'])
    yield from raises('InvalidParameterValue', import_model, client, ImportMethod='VERSION',
                      TrainingModelId=created['Id'], TrainingModelVersion='v2')

    empty = import_model(client, TrainingModelCosPath=place('nothing/'))
    cloud.control(import_fail='模型校验失败')
    failing = import_model(client, TrainingModelCosPath=place('target/'))
    cloud.control(import_fail='')
    for answer, text in ((empty, 'is empty'), (failing, '模型校验失败')):
        version_of(client, answer['TrainingModelVersionId'])
        version = version_of(client, answer['TrainingModelVersionId'])
        yield from differs('failed', version['TrainingModelStatus'], 'STATUS_FAILED')
        if text not in version['TrainingModelErrorMsg']:
            yield f'the failure is told as {version["TrainingModelErrorMsg"]}'

    client.tione('DeleteTrainingModelVersion', EnableDeleteCos=True,
                 TrainingModelVersionId=moved['TrainingModelVersionId'])
    yield from differs('files gone', client.cos('HEAD', 'target/config.json').status, 404)
    client.tione('DeleteTrainingModel', TrainingModelId=created['Id'])
    yield from differs('files stay', client.cos('HEAD', prefix + 'config.json').status, 200)
    yield from raises('ResourceNotFound.NoModel', client.tione, 'DescribeTrainingModelVersions',
                      TrainingModelId=created['Id'])


def import_rules(cloud):
    client = Client(cloud)
    for code, changes in (
            ('InvalidParameterValue', {'TrainingModelName': '-a'}),
            ('InvalidParameterValue', {'TrainingModelName': '模' * 61}),
            ('InvalidParameterValue', {'TrainingModelName': 'a b'}),
            ('InvalidParameterValue', {'TrainingModelCosPath': place('no-slash')}),
            ('InvalidParameterValue', {'TrainingModelCosPath': place('/a/')}),
            ('InvalidParameterValue', {'AlgorithmFramework': 'PADDLE'}),
            ('InvalidParameterValue', {'TrainingModelIndex': 'a' * 1001}),
            ('InvalidParameterValue', {'ImportMethod': 'OTHER'}),
            ('InvalidParameterValue', {'TrainingModelSource': 'AUTO_ML', 'AutoMLTaskId': 'ml-1'}),
            ('InvalidParameterValue', {'AutoClean': 'yes'}),
            ('MissingParameter', {'ReasoningEnvironmentSource': 'CUSTOM'}),
            ('MissingParameter', {'TrainingModelCosPath': None}),
            ('MissingParameter', {'TrainingModelSource': 'JOB'}),
            ('InvalidParameter', {'AutoClean': True}),
            ('LimitExceeded.TagNumPerRequest', {'Tags': [tag(f'k{i}', 'v') for i in range(11)]}),
            ('InvalidParameter.ReservedTagKey', {'Tags': [tag('qcloud:a', 'v')]})):
        yield from raises(code, import_model, client, **changes)
    client.cos('PUT', 'rules/a', body=b'')
    longest = import_model(client, TrainingModelName='模' * 60,
                           TrainingModelCosPath=place('rules/'))
    client.tione('DeleteTrainingModel', TrainingModelId=longest['Id'])


def other_imports(cloud):
    """Into a version that exists, from a task, from automatic learning."""
    client = Client(cloud)
    client.cos('PUT', 'more/extra.txt', body=b'extra')
    client.cos('PUT', 'other/base.txt', body=b'base')
    first = import_model(client, TrainingModelCosPath=place('other/'),
                         ModelOutputPath=place('held/'))
    again = import_model(client, ImportMethod='EXIST', TrainingModelId=first['Id'],
                         TrainingModelVersion='v1', TrainingModelCosPath=place('more/'),
                         ModelOutputPath=place('held/'))
    yield from differs('the same', again['TrainingModelVersionId'],
                       first['TrainingModelVersionId'])
    for _ in range(2):
        version_of(client, again['TrainingModelVersionId'])
    yield from differs('added', client.cos('GET', 'held/extra.txt').body, b'extra')

    task = import_model(client, TrainingModelSource=None, TrainingJobId='train-1',
                        TrainingJobName='任务', TrainingModelCosPath=place('other/'))
    version = version_of(client, task['TrainingModelVersionId'])
    yield from differs('task', (version['TrainingModelSource'], version['TrainingJobName']),
                       ('JOB', '任务'))

    cloud.control(automl_import=True, put_object={
        'bucket': 'ti-automl-gz-1300000000', 'key': 'automl/public/ml-1/ems/sdk/config.json',
        'text': '{}'})
    learned = import_model(client, TrainingModelSource='AUTO_ML', AutoMLTaskId='ml-1',
                           TrainingModelCosPath=None, TrainingPreference='BALANCE')
    for _ in range(2):
        version = version_of(client, learned['TrainingModelVersionId'])
    yield from differs('learned', (version['TrainingModelStatus'], version['AutoMLTaskId']),
                       ('STATUS_SUCCESS', 'ml-1'))
    cloud.control(automl_import=False)


def model_pages(cloud):
    client = Client(cloud)
    cloud.control(withdrawn=False)
    for index in range(25):
        cloud.control(create_model={'name': f'page-{index:02d}', 'region': 'ap-nanjing',
                                    'created': 1700000000 + index,
                                    'tags': {'parity': str(index % 2)}})
    found = []
    for offset in (0, 10, 20):
        page = client.api('tione', 'DescribeTrainingModels', region='ap-nanjing', Offset=offset,
                          Limit=10)
        yield from differs('total', page['TotalCount'], 25)
        found += [model['TrainingModelName'] for model in page['TrainingModels']]
    yield from differs('order', found, [f'page-{index:02d}' for index in range(24, -1, -1)])
    yield from differs('beyond', client.api(
        'tione', 'DescribeTrainingModels', region='ap-nanjing', Offset=30)['TrainingModels'], None)
    yield from differs('keyword', client.api(
        'tione', 'DescribeTrainingModels', region='ap-nanjing',
        Filters=[{'Name': 'keyword', 'Values': ['age-1'], 'Fuzzy': True}])['TotalCount'], 10)
    yield from differs('tags', client.api(
        'tione', 'DescribeTrainingModels', region='ap-nanjing',
        TagFilters=[{'TagKey': 'parity', 'TagValues': ['1']}])['TotalCount'], 12)
    yield from differs('elsewhere', client.api(
        'tione', 'DescribeTrainingModels', region='ap-beijing')['TotalCount'], 0)
    yield from raises('InvalidParameterValue', client.tione, 'DescribeTrainingModels', Limit=101)
    model = client.api('tione', 'DescribeTrainingModels', region='ap-nanjing', Limit=1,
                       WithModelVersions=True)['TrainingModels'][0]
    yield from differs('time', model['CreateTime'], '2023-11-15 06:13:44')
    yield from differs('versions', len(model['TrainingModelVersions']), 1)


def tags_of(client, model_id):
    listed = client.tag('GetResources', ResourceList=[resource_of(model_id)])
    return {item['TagKey']: item['TagValue']
            for mapping in listed['ResourceTagMappingList'] for item in mapping['Tags']}


def tag_edits(cloud):
    client = Client(cloud)
    model_id = cloud.control(create_model={'name': 'tagged', 'tags': {'old': '1'}})['model_id']
    resource = resource_of(model_id)
    client.tag('ModifyResourceTags', Resource=resource, ReplaceTags=[tag('new', 'a b'),
                                                                    tag('team', '视觉')],
               DeleteTags=[{'TagKey': 'old'}])
    yield from differs('changed', tags_of(client, model_id), {'new': 'a b', 'team': '视觉'})
    for code, changes in (
            ('InvalidParameter.Tag', {}),
            ('InvalidParameter.Tag', {'ReplaceTags': []}),
            ('LimitExceeded.TagNumPerRequest', {'ReplaceTags': [tag(f'k{i}', '')
                                                                for i in range(11)]}),
            ('LimitExceeded.TagNumPerRequest', {'DeleteTags': [{'TagKey': f'k{i}'}
                                                               for i in range(11)]}),
            ('InvalidParameterValue.DeleteTagsParamError',
             {'ReplaceTags': [tag('new', '')], 'DeleteTags': [{'TagKey': 'new'}]}),
            ('InvalidParameterValue.TagKeyLengthExceeded', {'ReplaceTags': [tag('k' * 128, '')]}),
            ('InvalidParameterValue.TagValueLengthExceeded',
             {'ReplaceTags': [tag('k', 'v' * 256)]}),
            ('InvalidParameterValue.TagKeyCharacterIllegal', {'ReplaceTags': [tag('a*b', '')]}),
            ('InvalidParameterValue.TagKeyEmpty', {'ReplaceTags': [tag('', 'a')]}),
            ('InvalidParameter.ReservedTagKey', {'ReplaceTags': [tag('Tencent', 'a')]})):
        yield from raises(code, client.tag, 'ModifyResourceTags', Resource=resource, **changes)
    yield from raises('InvalidParameterValue.ResourceDescriptionError', client.tag,
                      'ModifyResourceTags', Resource='m-1', ReplaceTags=[tag('a', 'b')])
    for batch in range(4):
        client.tag('ModifyResourceTags', Resource=resource,
                   ReplaceTags=[tag(f'k{batch}{i}', 'v') for i in range(10)])
    client.tag('ModifyResourceTags', Resource=resource,
               ReplaceTags=[tag(f'l{i}', 'v') for i in range(8)])
    yield from raises('LimitExceeded.ResourceAttachedTags', client.tag, 'ModifyResourceTags',
                      Resource=resource, ReplaceTags=[tag('one too many', 'v')])
    failed = client.tag('TagResources', ResourceList=[resource_of('m-none'), resource],
                        Tags=[tag('team', 'b')])['FailedResources']
    yield from differs('partly', [item['Resource'] for item in failed], [resource_of('m-none')])
    yield from differs('value', tags_of(client, model_id)['team'], 'b')


def tag_lists(cloud):
    client = Client(cloud)
    client.tag('CreateTag', TagKey='lists', TagValue='1')
    yield from raises('ResourceNotFound.TagNonExist', client.tag, 'AttachResourcesTag',
                      ServiceType='tione', ResourceIds=['m-1'], TagKey='lists', TagValue='2',
                      ResourceRegion='ap-guangzhou', ResourcePrefix='model')
    model_id = cloud.control(create_model={'name': 'listed'})['model_id']
    client.tag('AttachResourcesTag', ServiceType='tione', ResourceIds=[model_id], TagKey='lists',
               TagValue='1', ResourceRegion='ap-guangzhou', ResourcePrefix='model')
    by_id = client.tag('DescribeResourceTagsByResourceIds', ServiceType='tione',
                       ResourcePrefix='model', ResourceIds=[model_id],
                       ResourceRegion='ap-guangzhou')
    yield from differs('by id', [item['TagKey'] for item in by_id['Tags']], ['lists'])
    yield from raises('ResourceInUse.TagKeyAttached', client.tag, 'DeleteTag', TagKey='lists',
                      TagValue='1')
    keys, token = [], ''
    while True:
        page = client.tag('GetTagKeys', MaxResults=7, PaginationToken=token)
        keys += page['TagKeys']
        token = page['PaginationToken']
        if not token:
            break
    offset_keys = []
    while len(offset_keys) < client.tag('DescribeTagKeys')['TotalCount']:
        offset_keys += client.tag('DescribeTagKeys', Offset=len(offset_keys), Limit=5)['Tags']
    yield from differs('keys', keys, offset_keys)
    if len(keys) < 40 or keys != sorted(set(keys)):
        yield f'the keys are {keys}'
    yield from raises('InvalidParameterValue', client.tag, 'DescribeTagKeys', Offset=3, Limit=5)
    yield from raises('InvalidParameter.PaginationTokenInvalid', client.tag, 'GetTagKeys',
                      PaginationToken='nonsense')
    values = client.tag('GetTagValues', TagKeys=['lists'])['Tags']
    yield from differs('values', [(item['TagValue'], item['Category']) for item in values],
                       [('1', 'Custom')])
    found = client.tag('GetResources', TagFilters=[{'TagKey': 'lists', 'TagValue': ['1']}])
    yield from differs('resources', [item['Resource'] for item in found['ResourceTagMappingList']],
                       [resource_of(model_id)])


def tasks(cloud):
    client = Client(cloud)
    cloud.control(withdrawn=False)
    for index in range(12):
        last = cloud.control(create_task={
            'name': f'task-{index}', 'created': 1700000000 + index,
            'metrics': [['loss', [0.9, 0.5, 0.25]], ['acc', [0.5, 0.75]]],
            'output': place('out/')})['task_id']
    listed = client.tione('DescribeTrainingTasks', Limit=5, Offset=5)
    yield from differs('page', (listed['TotalCount'], [task['Name'] for task in
                                                       listed['TrainingTaskSet']]),
                       (12, [f'task-{index}' for index in range(6, 1, -1)]))
    yield from raises('InvalidParameterValue.PageLimitExceeded', client.tione,
                      'DescribeTrainingTasks', Limit=51)
    detail = client.tione('DescribeTrainingTask', Id=last)['TrainingTaskDetail']
    yield from differs('detail', (detail['CreateTime'], detail['AppId'], detail['Output']['Paths']),
                       ('2023-11-15T06:13:31+08', '1250000000', ['out/']))
    metrics = client.tione('DescribeLatestTrainingMetrics', TaskId=last)['Metrics']
    yield from differs('metrics', [(item['MetricName'], item['Values'][-1]['Value'])
                                   for item in metrics], [('loss', 0.25), ('acc', 0.75)])
    client.tione('PushTrainingMetrics', Data=[{'TaskId': last, 'Points': [
        {'Name': 'loss', 'Value': 0.125}]}])
    metrics = client.tione('DescribeLatestTrainingMetrics', TaskId=last)['Metrics']
    yield from differs('pushed', metrics[0]['Values'][-1]['Value'], 0.125)
    yield from differs('templates', client.tione('DescribeInferTemplates')['FrameworkTemplates'],
                       None)
    images = client.tione('DescribePlatformImages', Filters=[
        {'Name': 'ImageRange', 'Values': ['Inference']}])
    yield from differs('images', images['TotalCount'], 7)
    if not client.tione('DescribeBuildInImages')['BuildInImageInfos']:
        yield 'there are no built-in images'


def create_service(client, **changes):
    return client.tione('CreateModelService', **{
        'ServiceGroupName': 'first', 'ChargeType': 'POSTPAID_BY_HOUR', 'Replicas': 1,
        'InstanceType': 'TI.S.LARGE.POST', 'ImageInfo': IMAGE, **changes})['Service']


def status_of(client, service):
    return client.tione('DescribeModelService', ServiceId=service['ServiceId'])['Service']['Status']


def calling(cloud, client):
    """A service answers whoever has its token."""
    service = create_service(client, ServiceGroupName='called', AuthorizationEnable=True)
    info = client.tione('DescribeModelServiceCallInfo',
                        ServiceGroupId=service['ServiceGroupId'])['ServiceCallInfoV2']

    def ask(token):
        request = urllib.request.Request(info['InternetEndpoint'], b'{"image": "x"}',
                                         {'Authorization': token})
        try:
            with urllib.request.urlopen(request) as response:
                return response.status, json.load(response).get('result')
        except urllib.error.HTTPError as failure:
            return failure.code, None

    yield from differs('too early', ask(info['AuthToken']), (503, None))
    for _ in range(6):
        status_of(client, service)
    yield from differs('wrong token', ask('wrong'), (401, None))
    yield from differs('called', ask(info['AuthToken']), (200, {'image': 'x'}))
    cloud.control(internet=False)
    info = client.tione('DescribeModelServiceCallInfo', ServiceGroupId=service['ServiceGroupId'])
    yield from differs('no address', info['ServiceCallInfoV2']['InternetEndpoint'], '')
    cloud.control(internet=True)


def services(cloud):
    client = Client(cloud)
    made = cloud.control(create_model={'name': 'served', 'versions': [{}, {}]})
    model = {'ModelVersionId': made['version_ids'][0], 'ModelId': made['model_id'],
             'CosPathInfo': place('served/')}
    service = create_service(client, ModelInfo=model)
    yield from differs('new', (service['Status'], service['BusinessStatus']), ('', 'CREATING'))
    states = [status_of(client, service) for _ in range(6)]
    yield from differs('states', (states[0], states[-1]), ('CREATING', 'Normal'))
    groups = client.tione('DescribeModelServiceGroups', Filters=[
        {'Name': 'ModelVersionId', 'Values': made['version_ids']}])['ServiceGroups']
    yield from differs('groups', [group['ServiceGroupName'] for group in groups], ['first'])
    yield from differs('oddity', groups[0]['Services'][0]['ServiceInfo']['ModelInfo'][
        'CosPathInfo']['Paths'], ['served/model_service.py'])
    second = create_service(client, ServiceGroupId=service['ServiceGroupId'], NewVersion=True,
                            ModelInfo=dict(model, ModelVersionId=made['version_ids'][1]))
    yield from differs('second', second['Version'], '2')
    yield from raises('FailedOperation.DuplicateName', create_service, client)
    yield from raises('InvalidParameterValue', create_service, client, ServiceGroupName='中文')
    yield from raises('FailedOperation.UnknownInstanceType', create_service, client,
                      ServiceGroupName='x', InstanceType='TI.NONE')
    yield from raises('ResourceNotFound', create_service, client, ServiceGroupName='x',
                      ModelInfo={'ModelVersionId': 'mv-none'})

    client.tione('ModifyModelService', ServiceId=service['ServiceId'], ServiceAction='STOP')
    states = [status_of(client, service) for _ in range(3)]
    yield from differs('stopped', states[-1], 'Stopped')
    client.tione('ModifyModelService', ServiceId=service['ServiceId'], ServiceAction='RESUME')
    states = [status_of(client, service) for _ in range(6)]
    yield from differs('resumed', states[-1], 'Normal')
    client.tione('ModifyModelService', ServiceId=service['ServiceId'], ServiceAction='STOP')
    client.tione('DeleteTrainingModelVersion', TrainingModelVersionId=made['version_ids'][0])
    yield from raises('ResourceNotFound', client.tione, 'ModifyModelService',
                      ServiceId=service['ServiceId'], ServiceAction='RESUME')
    updated = client.tione('ModifyModelService', ServiceId=second['ServiceId'], ImageInfo=IMAGE,
                           Replicas=3)['Service']
    yield from differs('updated', updated['ServiceInfo']['Replicas'], 3)
    info = client.tione('DescribeModelServiceCallInfo', ServiceGroupId=service['ServiceGroupId'])
    if not info['ServiceCallInfo']['OuterHttpsAddr'].startswith('http://127.0.0.1:'):
        yield 'there is no address to call'
    yield from calling(cloud, client)
    client.tione('ModifyServiceGroupWeights', ServiceGroupId=service['ServiceGroupId'], Weights=[
        {'ServiceId': service['ServiceId'], 'Weight': 30},
        {'ServiceId': second['ServiceId'], 'Weight': 70}])
    client.tione('DeleteModelService', ServiceId=service['ServiceId'])
    client.tione('DeleteModelServiceGroup', ServiceGroupId=service['ServiceGroupId'])
    yield from raises('ResourceNotFound', client.tione, 'DescribeModelServiceGroup',
                      ServiceGroupId=service['ServiceGroupId'])


def billing(cloud):
    client = Client(cloud)
    specs = client.tione('DescribeBillingSpecs', ChargeType='POSTPAID_BY_HOUR',
                         TaskType='INFERENCE')['Specs']
    sold_out = [spec['SpecName'] for spec in specs if not spec['Available']]
    yield from differs('sold out', sold_out, ['TI.GN7.20XLARGE320.POST'])
    price = client.tione('DescribeBillingSpecsPrice', SpecsParam=[
        {'SpecName': 'TI.S.LARGE.POST', 'SpecCount': 2}])['SpecsPrice'][0]
    yield from differs('price', (price['TotalCost'], price['RealTotalCost']), (304, 273))
    groups = client.tione('DescribeBillingResourceGroups', Type='INFERENCE',
                          DontShowInstanceSet=True)
    yield from differs('resource groups', groups['TotalCount'], 1)
    nodes = client.tione('DescribeBillingResourceGroup', ResourceGroupId='rsg-testcloud')
    yield from differs('nodes', nodes['TotalCount'], 2)


def registries(cloud):
    client = Client(cloud)
    registry = cloud.control(create_registry={'name': 'images', 'repositories': {
        f'space/repo-{index}': ['1', '2'] for index in range(5)}})['registry_id']
    pages = [client.api('tcr', 'DescribeRepositories', RegistryId=registry, Offset=number,
                        Limit=2)['RepositoryList'] for number in (1, 2, 3, 4)]
    yield from differs('pages', [[one['Name'] for one in page or []] for page in pages],
                       [['space/repo-0', 'space/repo-1'], ['space/repo-2', 'space/repo-3'],
                        ['space/repo-4'], []])
    images = client.api('tcr', 'DescribeImages', RegistryId=registry, NamespaceName='space',
                        RepositoryName='repo-0')
    yield from differs('images', [image['ImageVersion'] for image in images['ImageInfoList']],
                       ['1', '2'])
    if not images['ImageInfoList'][0]['UpdateTime'].endswith(' +0000 UTC'):
        yield f'the time is {images["ImageInfoList"][0]["UpdateTime"]}'
    yield from raises('ResourceNotFound.TcrResourceNotFound', client.api, 'tcr',
                      'DescribeRepositories', region='ap-shanghai', RegistryId=registry)
    yield from raises('ResourceNotFound.ErrNoUser', client.api, 'tcr',
                      'DescribeRepositoryOwnerPersonal')
    cloud.control(create_registry={'repositories': {'mine/a': ['x']}})
    owned = client.api('tcr', 'DescribeRepositoryOwnerPersonal')['Data']
    yield from differs('personal', (owned['Server'], owned['RepoInfo'][0]['RepoName']),
                       ('ccr.ccs.tencentyun.com', 'mine/a'))
    info = client.api('tcr', 'DescribeImagePersonal', RepoName='mine/a')['Data']['TagInfo']
    yield from differs('tags', [item['TagName'] for item in info], ['x'])


def main():
    tap = Tap()
    with test_cloud.Cloud() as cloud:
        tap.check('withdrawn calls', withdrawn, cloud)
        for name, function in (
                ('the gateway', gateway), ('imports', imports), ('rules of imports', import_rules),
                ('other imports', other_imports),
                ('pages of models', model_pages), ('edits of tags', tag_edits),
                ('lists of tags', tag_lists), ('training tasks and images', tasks),
                ('services', services), ('prices and capacity', billing),
                ('registries', registries)):
            tap.check(name, function, cloud)
    tap.done()


if __name__ == '__main__':
    main()
