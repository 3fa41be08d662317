# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls each service has and what they take.

NAME:TYPE, with ! when required; types are s(tring), i(nteger), b(oolean), f(loat), o(bject of any
shape) and the structures; [TYPE] is an array.
"""

VERSIONS = {
    'tione': '2021-11-11',
    'tag': '2018-08-13',
    'tcr': '2019-09-24',
    'sts': '2018-08-13',
    'cam': '2019-01-16',
    'region': '2022-06-27',
}

_STRUCTURES = '''
Tag                TagKey:s! TagValue:s!
TagKeyOnly         TagKey:s!
CosPathInfo        Bucket:s! Region:s! Paths:[s]!
ImageSecret        KeyId:s Username:s Password:s SecretId:s
ImageInfo          ImageType:s! ImageUrl:s! RegistryRegion:s RegistryId:s AllowSaveAllContent:b
                   ImageName:s SupportDataPipeline:b ImageSecret:ImageSecret
Filter             Name:s Values:[s] Negative:b Fuzzy:b
TagFilter          TagKey:s TagValues:[s]
TagServiceFilter   TagKey:s! TagValue:[s]
TcrFilter          Name:s! Values:[s]!
Point              Name:s! Value:f!
MetricData         TaskId:s! Timestamp:i Uin:s Epoch:i Step:i TotalSteps:i Points:[Point]
ModelInfo          ModelVersionId:s! ModelId:s ModelName:s ModelVersion:s ModelSource:s ModelType:s
                   CosPathInfo:CosPathInfo AlgorithmFramework:s ModelFormat:s
EnvVar             Name:s! Value:s!
Resources          Cpu:i! Memory:i! Gpu:i GpuType:s
HpaMetric          Name:s! Value:i!
Hpa                MinReplicas:i! MaxReplicas:i! HpaMetrics:[HpaMetric]!
CronScaleJob       Schedule:s! Name:s TargetReplicas:i MinReplicas:i MaxReplicas:i ExcludeDates:[s]
ServiceLimit       EnableInstanceRpsLimit:b InstanceRpsLimit:i EnableInstanceReqLimit:b
                   InstanceReqLimit:i
ScheduledAction    ScheduleStop:b ScheduleStopTime:s
LogConfig          LogsetId:s TopicId:s
Weight             ServiceId:s! Weight:i!
SpecsParam         SpecName:s! SpecCount:i!
ImageFilter        Name:s! Values:[s]! Negative:b
'''

_ACTIONS = {
    'sts': '''
GetCallerIdentity
''',
    'cam': '''
GetUserAppId
''',
    'region': '''
DescribeRegions Product:s!
''',
    'tag': '''
DescribeTagKeys Offset:i Limit:i CreateUin:i ShowProject:i Category:s
DescribeTagValues TagKeys:[s]! CreateUin:i Offset:i Limit:i Category:s
GetTagKeys PaginationToken:s MaxResults:i
GetTagValues TagKeys:[s]! PaginationToken:s MaxResults:i
GetTags PaginationToken:s MaxResults:i TagKeys:[s]
DescribeTags TagKey:s TagValue:s Offset:i Limit:i CreateUin:i TagKeys:[s] ShowProject:i
ModifyResourceTags Resource:s! ReplaceTags:[Tag] DeleteTags:[TagKeyOnly]
TagResources ResourceList:[s]! Tags:[Tag]!
UnTagResources ResourceList:[s]! TagKeys:[s]!
AttachResourcesTag ServiceType:s! ResourceIds:[s]! TagKey:s! TagValue:s! ResourceRegion:s
    ResourcePrefix:s
DetachResourcesTag ServiceType:s! ResourceIds:[s]! TagKey:s! ResourceRegion:s ResourcePrefix:s
ModifyResourcesTagValue ServiceType:s! ResourceIds:[s]! TagKey:s! TagValue:s! ResourceRegion:s
    ResourcePrefix:s
AddResourceTag TagKey:s! TagValue:s! Resource:s!
DeleteResourceTag TagKey:s! Resource:s!
UpdateResourceTagValue TagKey:s! TagValue:s! Resource:s!
DescribeResourceTagsByResourceIds ServiceType:s! ResourcePrefix:s! ResourceIds:[s]!
    ResourceRegion:s! Offset:i Limit:i
GetResources ResourceList:[s] TagFilters:[TagServiceFilter] PaginationToken:s MaxResults:i
CreateTag TagKey:s! TagValue:s!
CreateTags Tags:[Tag]!
DeleteTag TagKey:s! TagValue:s!
''',
    'tione': '''
CreateTrainingModel ImportMethod:s! TrainingModelName:s TrainingModelId:s TrainingModelVersion:s
    TrainingModelSource:s TrainingJobId:s TrainingJobName:s TrainingJobVersion:s
    TrainingModelCosPath:CosPathInfo ModelMoveMode:s ModelOutputPath:CosPathInfo
    AlgorithmFramework:s ModelFormat:s TrainingModelIndex:s ReasoningEnvironmentSource:s!
    ReasoningEnvironment:s ReasoningEnvironmentId:s ReasoningImageInfo:ImageInfo Tags:[Tag]
    TrainingPreference:s AutoMLTaskId:s ModelVersionType:s AutoClean:s MaxReservedModels:i
    ModelCleanPeriod:i IsQAT:b
DescribeTrainingModels Filters:[Filter] OrderField:s Order:s Offset:i Limit:i
    TagFilters:[TagFilter] WithModelVersions:b
DescribeTrainingModelVersions TrainingModelId:s! Filters:[Filter]
DescribeTrainingModelVersion TrainingModelVersionId:s!
DeleteTrainingModel TrainingModelId:s! EnableDeleteCos:b ModelVersionType:s
DeleteTrainingModelVersion TrainingModelVersionId:s! EnableDeleteCos:b
DescribeTrainingTasks Filters:[Filter] TagFilters:[TagFilter] Offset:i Limit:i Order:s OrderField:s
DescribeTrainingTask Id:s!
DescribeLatestTrainingMetrics TaskId:s!
DescribeTrainingMetrics TaskId:s!
PushTrainingMetrics Data:[MetricData]!
DescribeInferTemplates
DescribeTrainingFrameworks
DescribePlatformImages Filters:[Filter] Offset:i Limit:i
DescribePresetImageList Filters:[Filter] Offset:i Limit:i OrderField:[s] Order:[s]
DescribeBuildInImages ImageFilters:[ImageFilter]
DescribeWorkspaces Filters:[Filter] Offset:i Limit:i
DescribeModelServiceGroups Filters:[Filter] TagFilters:[TagFilter] Offset:i Limit:i Order:s
    OrderField:s
DescribeModelServiceGroup ServiceGroupId:s!
DescribeModelService ServiceId:s!
DescribeModelServices Filters:[Filter] TagFilters:[TagFilter] Offset:i Limit:i Order:s OrderField:s
DescribeModelServiceHistory ServiceId:s!
CreateModelService ServiceGroupId:s ServiceGroupName:s ServiceDescription:s ChargeType:s
    ResourceGroupId:s ModelInfo:ModelInfo ImageInfo:ImageInfo Env:[EnvVar] Resources:Resources
    InstanceType:s ScaleMode:s Replicas:i HorizontalPodAutoscaler:Hpa LogEnable:b
    LogConfig:LogConfig AuthorizationEnable:b Tags:[Tag] NewVersion:b CronScaleJobs:[CronScaleJob]
    ScaleStrategy:s HybridBillingPrepaidReplicas:i CreateSource:s ModelHotUpdateEnable:b
    ScheduledAction:ScheduledAction VolumeMount:o ServiceLimit:ServiceLimit Command:s
    CommandBase64:s ServicePort:i DeployType:s InstancePerReplicas:i ServiceCategory:s
    CallbackUrl:s ModelTurboEnable:b TerminationGracePeriodSeconds:i PreStopCommand:[s]
    GrpcEnable:b
ModifyModelService ServiceId:s! ServiceAction:s ModelInfo:ModelInfo ImageInfo:ImageInfo
    Env:[EnvVar] Resources:Resources InstanceType:s ScaleMode:s Replicas:i
    HorizontalPodAutoscaler:Hpa LogEnable:b LogConfig:LogConfig CronScaleJobs:[CronScaleJob]
    ScaleStrategy:s HybridBillingPrepaidReplicas:i ModelHotUpdateEnable:b
    ScheduledAction:ScheduledAction VolumeMount:o ServiceLimit:ServiceLimit Command:s
    CommandBase64:s ServicePort:i InstancePerReplicas:i ServiceDescription:s ModelTurboEnable:b
ModifyModelServicePartialConfig ServiceId:s! ScheduledAction:ScheduledAction
    ServiceLimit:ServiceLimit
DeleteModelService ServiceId:s! ServiceCategory:s
DeleteModelServiceGroup ServiceGroupId:s! ServiceCategory:s
ModifyServiceGroupWeights ServiceGroupId:s! Weights:[Weight]!
DescribeModelServiceCallInfo ServiceGroupId:s! ServiceCategory:s
DescribeModelServiceHotUpdated ImageInfo:ImageInfo! ModelInfo:ModelInfo VolumeMount:o
DescribeBillingSpecs ChargeType:s! TaskType:s ResourceType:s
DescribeBillingSpecsPrice SpecsParam:[SpecsParam]!
DescribeBillingResourceGroups Type:s Filters:[Filter] TagFilters:[TagFilter] Offset:i Limit:i
    SearchWord:s DontShowInstanceSet:b
DescribeBillingResourceGroup ResourceGroupId:s! Filters:[Filter] Offset:i Limit:i Order:s
    OrderField:s
''',
    'tcr': '''
DescribeInstances Registryids:[s] Offset:i Limit:i Filters:[TcrFilter] AllRegion:b
DescribeNamespaces RegistryId:s! NamespaceName:s Offset:i Limit:i All:b Filters:[TcrFilter]
    KmsSignPolicy:b
DescribeRepositories RegistryId:s! NamespaceName:s RepositoryName:s Offset:i Limit:i SortBy:s
DescribeImages RegistryId:s! NamespaceName:s! RepositoryName:s! ImageVersion:s Digest:s
    ExactMatch:b Offset:i Limit:i
DescribeRepositoryOwnerPersonal Offset:i Limit:i RepoName:s
DescribeRepositoryFilterPersonal RepoName:s Offset:i Limit:i Public:s Namespace:s
DescribeNamespacePersonal Namespace:s! Limit:i! Offset:i!
DescribeImagePersonal RepoName:s! Offset:i Limit:i Tag:s
''',
}


def _member(text):
    name, _, kind = text.partition(':')
    is_required = kind.endswith('!')
    kind = kind.rstrip('!')
    is_list = kind.startswith('[')
    return name, (kind.strip('[]'), is_list, is_required)


def _table(text):
    table = {}
    name = None
    for line in text.splitlines():
        words = line.split()
        if words and not line[0].isspace():
            name, words = words[0], words[1:]
            table[name] = {}
        for word in words:
            member, kind = _member(word)
            table[name][member] = kind
    return table


STRUCTURES = _table(_STRUCTURES)
ACTIONS = {service: _table(text) for service, text in _ACTIONS.items()}
for _members in ACTIONS['tione'].values():
    _members['TiProjectId'] = ('s', False, False)  # the workspace, which nearly every call takes
