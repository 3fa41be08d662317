# SPDX-License-Identifier: GPL-3.0-or-later
"""All that the cloud keeps: accounts, settings, its clock, and what each service adds to them."""

import itertools
import random
import threading
import time
import uuid

from .buckets import Buckets
from .faults import Faults
from .log import Log
from .models import Repository
from .registry import Registries
from .services import Services
from .tags import UIN, Tags
from .tasks import Tasks

SUB_UIN = '100000000002'
APP_ID = 1250000000
REGIONS = {
    'ap-guangzhou': '华南地区(广州)',
    'ap-shanghai': '华东地区(上海)',
    'ap-beijing': '华北地区(北京)',
    'ap-nanjing': '华东地区(南京)',
}


class Account:
    """One key and what may be done with it."""

    def __init__(self, secret_id, secret_key, token=None, read_only=False):
        self.secret_id = secret_id
        self.secret_key = secret_key
        self.token = token
        self.read_only = read_only


PERMANENT = Account('AKIDTESTCLOUD0000000000000000000000', 'testcloudsecretkey00000000000000')
TEMPORARY = Account('AKIDTEMPORARY000000000000000000000', 'testcloudtemporary00000000000000',
                    token='testcloud-session-token')
READ_ONLY = Account('AKIDREADONLY00000000000000000000000', 'testcloudreadonly000000000000000',
                    read_only=True)
ACCOUNTS = {account.secret_id: account for account in (PERMANENT, TEMPORARY, READ_ONLY)}


class Settings:
    """What the control channel may change, with what holds until then."""

    def __init__(self):
        self.clock_skew = 0
        self.offline = False
        self.withdrawn = True  # the calls that left the public API answer InvalidAction
        self.strict = True  # signatures are checked
        self.token_expired = False
        self.min_part_size = 1 << 20
        self.max_memory = 64 << 20  # of one object; what is larger keeps its sum only
        self.md5 = 'small'  # ETags that are sums: small, always, never
        self.list_delay = 0  # seconds until a listing shows a new object
        self.upload_id_spelling = 'UploadId'  # in lists of uploads; UploadID is seen too
        self.no_crc = False
        self.complete_blanks = 3  # before the document that completes an upload
        self.complete_seconds = 0
        self.deny_delete = []  # patterns of keys that a batch delete refuses
        self.import_polls = 2
        self.import_seconds = 0
        self.import_fail = ''
        self.service_polls = 2
        self.price_percent = 100  # of what services cost at first
        self.internet = True  # services have an address that can be called from outside
        self.keep_groups = False  # whether a group stays when its last service goes
        self.old_call_info = False  # only the first form of it is told
        self.infer_templates = False  # the retired list of templates answers empty
        self.automl_import = False  # an import from automatic learning is refused
        self.rate_limit = 0  # API requests a second for each action, 0 for as many as come


class Cloud:
    """The whole cloud. Whoever reads or changes it holds the lock."""

    def __init__(self):
        self.lock = threading.RLock()
        self.origin = 'http://127.0.0.1'  # once it is served
        self.settings = Settings()
        self.faults = Faults()
        self.log = Log()
        self.random = random.Random(20211111)
        self._numbers = itertools.count(1)
        self.tags = Tags(self)
        self.buckets = Buckets(self)
        self.tasks = Tasks(self)
        self.services = Services(self)
        self.registries = Registries(self)
        self.repository = Repository(self)

    def now(self):
        """The time by the clock of the cloud, which may be wrong."""
        return time.time() + self.settings.clock_skew

    def number(self):
        """A number that was not given before."""
        return next(self._numbers)

    def long_id(self):
        """Eighteen digits, the first of them as the platform's own ids begin."""
        return str(608_000_000_000_000_000 + self.number() * 1_234_567_891
                   + self.random.randrange(1_000_000_000))

    def short_id(self):
        """Eight lower-case letters and digits."""
        return ''.join(self.random.choices('bcdfghjklmnpqrstvwxz23456789', k=8))

    @staticmethod
    def request_id():
        return str(uuid.uuid4())
