#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test cloud's signers, sums and object storage: test-testcloud-objects.py VECTORS"""

import base64
import hashlib
import json
import sys
import time
from email.utils import parsedate_to_datetime

from cloud_client import Client, Refused, differs, raises
from tap import Tap

import cloud as test_cloud
from testcloud import checksum, signatures
from testcloud.content import Pattern

with open(sys.argv[1], encoding='utf-8') as file:
    VECTORS = json.load(file)


def md5_text(data):
    return base64.b64encode(hashlib.md5(data).digest()).decode()


# Signatures and sums against the vectors


def tc3_vectors():
    for vector in VECTORS['tc3']:
        inputs = vector['inputs']
        names = vector['signed_headers'].split(';')
        headers = {'content-type': inputs['contentType'], 'host': inputs['host'],
                   'x-tc-action': inputs['action']}
        canonical = signatures.tc3_canonical(inputs['method'], inputs['query'], headers, names,
                                             inputs['payload'].encode()
                                             if inputs['method'] == 'POST' else b'')
        yield from differs(vector['name'], canonical, vector['canonical_request'])
        yield from differs(vector['name'], signatures.tc3_signature(
            inputs['secretKey'], inputs['timestamp'], inputs['service'], canonical),
            vector['signature'])
        yield from differs(vector['name'], signatures.tc3_authorization(
            inputs['secretId'], inputs['secretKey'], inputs['timestamp'], inputs['service'],
            inputs['method'], inputs['query'], headers, names,
            inputs['payload'].encode() if inputs['method'] == 'POST' else b''),
            vector['authorization'])


def cos_vectors():
    for vector in VECTORS['cos']:
        inputs = vector['inputs']
        query, headers = list(inputs['query'].items()), list(inputs['headers'].items())
        text = signatures.cos_http_string(inputs['method'], inputs['path'], query, headers)
        yield from differs(vector['name'], text, vector['http_string'])
        yield from differs(vector['name'], signatures.cos_authorization(
            inputs['secretId'], inputs['secretKey'], inputs['keyTime'], inputs['method'],
            inputs['path'], query, headers), vector['authorization'])


def presigned_vectors():
    for vector in VECTORS['cos_presigned']:
        inputs = vector['inputs']
        text = signatures.cos_http_string(inputs['method'], '/' + inputs['key'],
                                          list(inputs['query'].items()),
                                          list(inputs['signed_headers'].items()))
        yield from differs(vector['name'], text, vector['http_string'])
        yield from differs(vector['name'], signatures.cos_signature(
            inputs['secretKey'], inputs['keyTime'], text), vector['signature'])


def sums():
    data = {'empty': b'', '"123456789"': b'123456789', '"{}"': b'{}',
            '1 MiB of zero': bytes(1 << 20),
            '1 MiB, byte i = (i*31+7)&255': bytes((i * 31 + 7) & 255 for i in range(1 << 20)),
            '"This is a test of the emergency broadcast system."':
                b'This is a test of the emergency broadcast system.'}
    for case in VECTORS['crc64']['cases']:
        yield from differs(case['name'], str(checksum.crc64(data[case['name']])),
                           case['header_value_decimal'])
    joined = VECTORS['crc64']['combine']
    yield from differs('combine', str(checksum.combine(
        int(joined['part1_crc']), int(joined['part2_crc']), joined['part2_len'])),
        joined['combined_crc'])
    yield from differs('shift', checksum.Shift(9).combine(
        int(joined['part1_crc']), int(joined['part2_crc'])), int(joined['combined_crc']))
    for size in (0, 1, 8, 1 << 20, (3 << 20) + 12345):
        pattern = Pattern(size, 5)
        yield from differs(f'pattern of {size}', pattern.crc, checksum.crc64(pattern.read()))
        yield from differs(f'range of {size}', pattern.read(size // 3, size // 2),
                           pattern.read()[size // 3:size // 2])


# Refusals


def api_signatures(cloud):
    client = Client(cloud)
    yield from differs('uin', client.api('sts', 'GetCallerIdentity')['AccountId'], '100000000001')
    yield from raises('AuthFailure.SignatureFailure', Client(cloud, secret_key='wrong').api, 'cam',
                      'GetUserAppId')
    yield from raises('AuthFailure.SecretIdNotFound', Client(cloud, secret_id='AKIDnobody').api,
                      'cam', 'GetUserAppId')
    yield from raises('AuthFailure.SignatureExpire', Client(cloud, skew=-400).api, 'cam',
                      'GetUserAppId')
    cloud.control(clock_skew=-400)
    yield from differs('skewed', Client(cloud, skew=-400).api('cam', 'GetUserAppId')['AppId'],
                       1250000000)
    cloud.control(clock_skew=0)
    headers = client.api_headers('cam', 'GetUserAppId', b'{}')
    answer = client.exchange('POST', '/', headers, b'{ ')
    yield from differs('other body', json.loads(answer.body)['Response']['Error']['Code'],
                       'AuthFailure.SignatureFailure')
    answer = client.exchange('POST', '/', client.api_headers(
        'cam', 'GetUserAppId', b'{}', **{'X-TC-Version': '2000-01-01'}), b'{}')
    yield from differs('version', json.loads(answer.body)['Response']['Error']['Code'],
                       'NoSuchVersion')


def temporary_keys(cloud):
    temporary = (test_cloud.TEMPORARY_SECRET_ID, test_cloud.TEMPORARY_SECRET_KEY)
    client = Client(cloud, *temporary, token=test_cloud.TOKEN)
    yield from differs('api', client.api('cam', 'GetUserAppId')['AppId'], 1250000000)
    yield from differs('cos', client.cos('HEAD').status, 200)
    for token in (None, 'another'):
        wrong = Client(cloud, *temporary, token=token)
        yield from raises('AuthFailure.TokenFailure', wrong.api, 'cam', 'GetUserAppId')
        yield from differs('cos', wrong.cos('GET').code, 'InvalidAccessKeyId')
    cloud.control(expire_token=True)
    yield from raises('AuthFailure.TokenFailure', client.api, 'cam', 'GetUserAppId')
    yield from differs('cos', client.cos('GET').status, 403)
    cloud.control(expire_token=False)


def read_only_keys(cloud):
    client = Client(cloud, test_cloud.READ_ONLY_SECRET_ID, test_cloud.READ_ONLY_SECRET_KEY)
    yield from differs('read', client.cos('HEAD').status, 200)
    yield from differs('write', client.cos('PUT', 'a', body=b'x').code, 'AccessDenied')
    try:
        client.tione('DeleteTrainingModel', TrainingModelId='m-1')
        yield 'a write was allowed'
    except Refused as refusal:
        yield from differs('code', refusal.code, 'AuthFailure.UnauthorizedOperation')
        if 'tione:DeleteTrainingModel' not in refusal.message:
            yield f'the action is not named: {refusal.message}'


def cos_signatures(cloud):
    client = Client(cloud)
    yield from differs('wrong key', Client(cloud, secret_key='wrong').cos('GET').code,
                       'SignatureDoesNotMatch')
    yield from differs('unknown key', Client(cloud, secret_id='AKIDnobody').cos('GET').code,
                       'InvalidAccessKeyId')
    late = Client(cloud, skew=-1000).cos('GET')
    yield from differs('late', (late.code, late.xml.findtext('Message')),
                       ('AccessDenied', 'Request has expired'))
    if not late.xml.findtext('ServerTime'):
        yield 'the time of the server is not told'
    yield from differs('early', Client(cloud, skew=1000).cos('GET').code, 'RequestTimeTooSkewed')
    yield from differs('unsigned', client.exchange(
        'GET', '/', {}, host='models-1250000000.localhost').code, 'AccessDenied')
    host = {'Host': f'models-1250000000.localhost:{cloud.port}'}
    partly = client.cos_authorization('GET', '', {}, host)
    yield from differs('unsigned parameter', client.exchange(
        'GET', '/?prefix=a', {'Authorization': partly}, host='models-1250000000.localhost').code,
        'AccessDenied')
    yield from differs('unsigned host', client.exchange(
        'GET', '/', {'Authorization': client.cos_authorization('GET', '', {}, {})},
        host='models-1250000000.localhost').code, 'AccessDenied')


def presigned(cloud):
    client = Client(cloud)
    client.cos('PUT', '模型/a b.bin', body=b'hello')
    query = {'response-content-disposition': 'attachment; filename="x"'}
    host = 'models-1250000000.localhost'
    for separator in (';', '%3B'):
        text = client.cos_authorization('GET', '模型/a b.bin', query,
                                        {'Host': f'{host}:{cloud.port}'}).replace(';', separator)
        answer = client.exchange(
            'GET', '/%E6%A8%A1%E5%9E%8B/a%20b.bin?' + text + '&response-content-disposition='
            'attachment%3B%20filename%3D%22x%22', {}, host=host)
        yield from differs(separator, (answer.status, answer.body,
                                       answer.headers.get('content-disposition')),
                           (200, b'hello', 'attachment; filename="x"'))


def presigned_with_token(cloud):
    client = Client(cloud, test_cloud.TEMPORARY_SECRET_ID, test_cloud.TEMPORARY_SECRET_KEY)
    host = 'models-1250000000.localhost'
    text = client.cos_authorization('PUT', 'token', {}, {'Host': f'{host}:{cloud.port}'})
    for token, status in ((test_cloud.TOKEN, 200), ('another', 403)):
        answer = client.exchange('PUT', f'/token?{text}&x-cos-security-token={token}',
                                 {'Content-Length': 1}, b'1', host)
        yield from differs(token, answer.status, status)


# Objects


def put_and_get(cloud):
    client = Client(cloud)
    data = bytes(range(256)) * 9
    put = client.cos('PUT', 'v1/a.bin', body=data, headers={
        'Content-Type': 'text/x', 'Content-MD5': md5_text(data), 'x-cos-meta-origin': 'here'})
    crc = str(checksum.crc64(data))
    etag = f'"{hashlib.md5(data).hexdigest()}"'
    yield from differs('put', (put.status, put.headers['etag'],
                               put.headers['x-cos-hash-crc64ecma']), (200, etag, crc))
    head = client.cos('HEAD', 'v1/a.bin')
    yield from differs('head', [head.headers.get(name) for name in (
        'content-length', 'content-type', 'x-cos-meta-origin', 'x-cos-hash-crc64ecma')],
        [str(len(data)), 'text/x', 'here', crc])
    yield from differs('get', client.cos('GET', 'v1/a.bin').body, data)
    part = client.cos('GET', 'v1/a.bin', headers={'Range': 'bytes=10-19'})
    yield from differs('range', (part.status, part.body, part.headers['content-range'],
                                 part.headers['x-cos-hash-crc64ecma']),
                       (206, data[10:20], f'bytes 10-19/{len(data)}', crc))
    yield from differs('suffix', client.cos('GET', 'v1/a.bin', headers={
        'Range': 'bytes=-5'}).body, data[-5:])
    yield from differs('beyond', client.cos('GET', 'v1/a.bin', headers={
        'Range': 'bytes=99999-'}).status, 416)
    yield from differs('unchanged', client.cos('GET', 'v1/a.bin', headers={
        'If-None-Match': etag}).status, 304)
    yield from differs('changed', client.cos('GET', 'v1/a.bin', headers={
        'If-Match': '"0"'}).code, 'PreconditionFailed')
    modified = head.headers['last-modified']
    yield from differs('not since', client.cos('GET', 'v1/a.bin', headers={
        'If-Modified-Since': modified}).status, 304)
    for name, status in (('If-Modified-Since', 200), ('If-Unmodified-Since', 412)):
        yield from differs(name, client.cos('GET', 'v1/a.bin', headers={
            name: 'Sat, 24 Feb 2024 10:11:12 GMT'}).status, status)
    told = parsedate_to_datetime(head.headers['date']).timestamp()
    if abs(told - time.time()) > 5:
        yield f'the date is {head.headers["date"]}'
    yield from differs('digest', client.cos('PUT', 'x', body=b'1', headers={
        'Content-MD5': md5_text(b'2')}).code, 'BadDigest')
    missing = client.cos('HEAD', 'nothing')
    yield from differs('missing', (missing.status, missing.body), (404, b''))
    yield from differs('missing', client.cos('GET', 'nothing').code, 'NoSuchKey')
    yield from differs('no bucket', client.cos('GET', 'a', bucket='none-1250000000').code,
                       'NoSuchBucket')
    for _ in range(2):
        yield from differs('delete', client.cos('DELETE', 'v1/a.bin').status, 204)
    yield from differs('metadata', client.cos('PUT', 'x', body=b'', headers={
        'x-cos-meta-a': 'b' * 2048}).code, 'MetadataTooLarge')


def keys(cloud):
    client = Client(cloud)
    awkward = ["a b+c%d~e!f'g(h)i*j?k=l&m#n/中.bin", 'deep/../up', 'tab\tline', '键' * 283]
    for key in awkward:
        yield from differs(key, client.cos('PUT', key, body=key.encode()).status, 200)
        yield from differs(key, client.cos('GET', key).body, key.encode())
    for key, code in (('键' * 284, 'KeyTooLong'), ('/a', 'InvalidURI'), ('\\a', 'InvalidURI'),
                      ('a\x19', 'InvalidURI'), ('a/..', 'InvalidURI'), ('./', 'InvalidURI')):
        yield from differs(key, client.cos('PUT', key, body=b'').code, code)
    listed = client.cos('GET', query={'encoding-type': 'url', 'prefix': 'tab'})
    yield from differs('encoded', listed.texts('./Contents/Key'), ['tab%09line'])


def listing(cloud):
    client = Client(cloud)
    cloud.control(make_bucket={'name': 'list-1250000000', 'region': 'ap-beijing'})

    def listed(**query):
        answer = client.cos('GET', query={name.replace('_', '-'): value for name, value in
                                          query.items()}, bucket='list-1250000000')
        return (answer.texts('./Contents/Key'), answer.texts('./CommonPrefixes/Prefix'),
                answer.xml.findtext('NextMarker'), answer.xml.findtext('IsTruncated'))

    for key in ('a', 'd/', 'd/1', 'd/2', 'e/x/1', 'f'):
        client.cos('PUT', key, body=b'1', bucket='list-1250000000')
    yield from differs('all', listed(), (['a', 'd/', 'd/1', 'd/2', 'e/x/1', 'f'], [], None,
                                         'false'))
    yield from differs('folders', listed(delimiter='/'), (['a', 'f'], ['d/', 'e/'], None, 'false'))
    yield from differs('below', listed(delimiter='/', prefix='d/'),
                       (['d/', 'd/1', 'd/2'], [], None, 'false'))
    yield from differs('first', listed(delimiter='/', max_keys=2), (['a'], ['d/'], 'd/', 'true'))
    yield from differs('second', listed(delimiter='/', max_keys=2, marker='d/'),
                       (['f'], ['e/'], None, 'false'))
    found, marker = [], ''
    while marker is not None:
        page, _, marker, _ = listed(max_keys=1, marker=marker)
        found += page
    yield from differs('one by one', found, ['a', 'd/', 'd/1', 'd/2', 'e/x/1', 'f'])
    yield from differs('too many', client.cos('GET', query={'max-keys': 1001}).code,
                       'InvalidArgument')
    cloud.control(list_delay=60)
    yield from differs('late', listed()[0], [])
    cloud.control(list_delay=0)
    names = client.cos('GET', bucket='service').texts('./Buckets/Bucket/Name')
    if 'list-1250000000' not in names:
        yield f'the list of buckets has {names}'
    yield from differs('region', client.cos('HEAD', bucket='list-1250000000').headers[
        'x-cos-bucket-region'], 'ap-beijing')


def batch_delete(cloud):
    client = Client(cloud)
    for key in ('z1', 'z2', 'locked'):
        client.cos('PUT', key, body=b'')
    cloud.control(deny_delete=['lock*'])

    def delete(keys_, quiet='false', **headers):
        body = ('<Delete>' + ''.join(f'<Object><Key>{key}</Key></Object>' for key in keys_)
                + f'<Quiet>{quiet}</Quiet></Delete>').encode()
        headers.setdefault('Content-MD5', md5_text(body))
        return client.cos('POST', query={'delete': ''}, body=body, headers={
            name: value for name, value in headers.items() if value})

    answer = delete(['z1', 'gone', 'locked'])
    yield from differs('deleted', (answer.texts('./Deleted/Key'), answer.texts('./Error/Key')),
                       (['z1', 'gone'], ['locked']))
    yield from differs('quiet', delete(['z2'], 'true').texts('./Deleted/Key'), [])
    yield from differs('no digest', delete(['z2'], **{'Content-MD5': ''}).code, 'InvalidDigest')
    yield from differs('too many', delete([str(i) for i in range(1001)]).code, 'MalformedXML')
    cloud.control(deny_delete=[])


def copies(cloud):
    client = Client(cloud)
    client.cos('PUT', 'from/模 型', body=b'copied', headers={'x-cos-meta-a': '1'})
    source = f'models-1250000000.cos.ap-guangzhou.myqcloud.com/from/{"%E6%A8%A1%20%E5%9E%8B"}'
    answer = client.cos('PUT', 'to', headers={'x-cos-copy-source': source})
    yield from differs('copy', (answer.xml.tag, answer.xml.findtext('CRC64')),
                       ('CopyObjectResult', str(checksum.crc64(b'copied'))))
    got = client.cos('GET', 'to')
    yield from differs('copied', (got.body, got.headers['x-cos-meta-a']), (b'copied', '1'))
    yield from differs('condition', client.cos('PUT', 'to', headers={
        'x-cos-copy-source': source, 'x-cos-copy-source-If-Match': '"0"'}).code,
        'PreconditionFailed')
    cloud.control(faults=[{'match': {'action': 'CopyObject'},
                           'do': {'kind': 'cos_error', 'status': 200, 'code': 'InternalError'}}])
    late = client.cos('PUT', 'to', headers={'x-cos-copy-source': source})
    yield from differs('late error', (late.status, late.code), (200, 'InternalError'))


def start_upload(client, key, **options):
    return client.cos('POST', key, query={'uploads': ''}, **options).xml.findtext('UploadId')


def complete(client, key, upload_id, parts, **options):
    body = '<CompleteMultipartUpload>' + ''.join(
        f'<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>'
        for number, etag in parts) + '</CompleteMultipartUpload>'
    return client.cos('POST', key, query={'uploadId': upload_id}, body=body.encode(),
                      headers={'Content-Type': 'application/xml'}, **options)


def multipart(cloud):
    client = Client(cloud)
    cloud.control(min_part_size=1000)
    upload_id = start_upload(client, 'big', headers={'x-cos-meta-a': '1'})
    data = [bytes([number]) * 1000 for number in (1, 2)] + [b'end']
    parts = []
    for number, piece in enumerate(data, 1):
        answer = client.cos('PUT', 'big', query={'partNumber': number, 'uploadId': upload_id},
                            body=piece)
        yield from differs('part', answer.headers['x-cos-hash-crc64ecma'],
                           str(checksum.crc64(piece)))
        parts.append((number, answer.headers['etag']))
    first = client.cos('GET', 'big', query={'uploadId': upload_id, 'max-parts': 2})
    yield from differs('parts', (first.texts('./Part/Size'),
                                 first.xml.findtext('NextPartNumberMarker'),
                                 first.xml.findtext('IsTruncated')), (['1000', '1000'], '2', 'true'))
    second = client.cos('GET', 'big', query={'uploadId': upload_id, 'part-number-marker': 2})
    yield from differs('parts', second.texts('./Part/PartNumber'), ['3'])
    other = start_upload(client, 'big')
    for spelling in ('UploadId', 'UploadID'):
        cloud.control(upload_id_spelling=spelling)
        uploads = client.cos('GET', query={'uploads': '', 'prefix': 'big'})
        yield from differs('uploads', set(uploads.texts(f'./Upload/{spelling}')),
                           {upload_id, other})
    cloud.control(upload_id_spelling='UploadId')
    page = client.cos('GET', query={'uploads': '', 'max-uploads': 1})
    rest = client.cos('GET', query={
        'uploads': '', 'key-marker': page.xml.findtext('NextKeyMarker'),
        'upload-id-marker': page.xml.findtext('NextUploadIdMarker')})
    yield from differs('pages of uploads', {*page.texts('./Upload/UploadId'),
                                            *rest.texts('./Upload/UploadId')}, {upload_id, other})
    yield from differs('order', complete(client, 'big', upload_id, parts[::-1]).code,
                       'InvalidPartOrder')
    yield from differs('unknown', complete(client, 'big', upload_id, [(9, '"x"')]).code,
                       'InvalidPart')
    yield from differs('small', complete(client, 'big', upload_id,
                                         [parts[0], parts[2], (4, parts[0][1])]).code,
                       'InvalidPart')
    done = complete(client, 'big', upload_id, parts)
    whole = b''.join(data)
    yield from differs('done', (done.status, done.headers['x-cos-hash-crc64ecma'],
                                done.body[:3]), (200, str(checksum.crc64(whole)), b'   '))
    if not done.xml.findtext('ETag').endswith('-3"'):
        yield f'the ETag is {done.xml.findtext("ETag")}'
    got = client.cos('GET', 'big')
    yield from differs('content', (got.body, got.headers['x-cos-meta-a']), (whole, '1'))
    yield from differs('again', complete(client, 'big', upload_id, parts).code, 'NoSuchUpload')
    yield from differs('abort', client.cos('DELETE', 'big', query={'uploadId': other}).status, 204)
    yield from differs('abort', client.cos('DELETE', 'big', query={'uploadId': other}).code,
                       'NoSuchUpload')
    cloud.control(min_part_size=1 << 20)


def multipart_limits(cloud):
    client = Client(cloud)
    upload_id = start_upload(client, 'limits')
    for number in (0, 10001):
        yield from differs('number', client.cos('PUT', 'limits', query={
            'partNumber': number, 'uploadId': upload_id}, body=b'').code, 'InvalidArgument')
    parts = [(number, client.cos('PUT', 'limits', query={
        'partNumber': number, 'uploadId': upload_id}, body=b'small').headers['etag'])
        for number in (1, 2)]
    yield from differs('small', complete(client, 'limits', upload_id, parts).code,
                       'EntityTooSmall')
    yield from differs('dropped', cloud.control(drop_upload={
        'bucket': test_cloud.BUCKET, 'key': 'limits'})['dropped'], 1)
    yield from differs('gone', client.cos('PUT', 'limits', query={
        'partNumber': 1, 'uploadId': upload_id}, body=b'').code, 'NoSuchUpload')
    client.cos('PUT', 'source', body=bytes(range(100)))
    upload_id = start_upload(client, 'copied')
    copied = client.cos('PUT', 'copied', query={'partNumber': 1, 'uploadId': upload_id}, headers={
        'x-cos-copy-source': 'models-1250000000.cos.ap-guangzhou.myqcloud.com/source',
        'x-cos-copy-source-range': 'bytes=10-19'})
    complete(client, 'copied', upload_id, [(1, copied.xml.findtext('ETag'))])
    yield from differs('part copy', client.cos('GET', 'copied').body, bytes(range(10, 20)))


def black_hole_and_patterns(cloud):
    client = Client(cloud)
    data = bytes(3 << 20)
    put = client.cos('PUT', 'x', body=data, bucket=test_cloud.BLACK_HOLE)
    yield from differs('black hole', put.headers['x-cos-hash-crc64ecma'],
                       str(checksum.crc64(data)))
    yield from differs('nothing kept', client.cos('GET', 'x', bucket=test_cloud.BLACK_HOLE).code,
                       'InvalidObjectState')
    size = 16 << 30
    started = time.monotonic()
    told = cloud.control(put_object={'bucket': test_cloud.BUCKET, 'key': 'huge',
                                     'pattern': {'size': size, 'seed': 3}})
    if time.monotonic() - started > 5:
        yield f'16 GiB took {time.monotonic() - started:.1f} s to make up'
    head = client.cos('HEAD', 'huge')
    yield from differs('huge', (head.headers['content-length'],
                                head.headers['x-cos-hash-crc64ecma']),
                       (str(size), told['object']['crc']))
    got = client.cos('GET', 'huge', headers={'Range': f'bytes={size - 2000000}-'})
    yield from differs('end', got.body, Pattern(size, 3).read(size - 2000000, size))


def main():
    tap = Tap()
    tap.check('TC3 signatures', tc3_vectors)
    tap.check('COS signatures', cos_vectors)
    tap.check('presigned addresses', presigned_vectors)
    tap.check('CRC-64', sums)
    with test_cloud.Cloud() as cloud:
        for name, function in (
                ('API signatures are checked', api_signatures),
                ('temporary keys', temporary_keys),
                ('keys that may only read', read_only_keys),
                ('COS signatures are checked', cos_signatures),
                ('presigned addresses are served', presigned),
                ('presigned addresses of temporary keys', presigned_with_token),
                ('objects', put_and_get),
                ('keys', keys),
                ('listings', listing),
                ('deletion of many', batch_delete),
                ('copies', copies),
                ('uploads in parts', multipart),
                ('limits of uploads in parts', multipart_limits),
                ('black holes and patterns', black_hole_and_patterns)):
            tap.check(name, function, cloud)
    tap.done()


if __name__ == '__main__':
    main()
