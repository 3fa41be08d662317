# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person does with granary-cli in a day, read back as JSON."""

import hashlib
import os
import re

from cli_harness import Tap, box

TIME = re.compile(r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$')


def numbers():
    """A version number is never used twice."""
    with box() as place:
        place.write('model/weights.bin', 'one')
        first = place.json('import', 'plate-ocr', '--files', place.files / 'model').json
        assert list(first) == ['model', 'name', 'version'], first
        assert (first['name'], first['version']) == ('plate-ocr', 'v1'), first
        assert not first['model'].isdigit()

        place.write('model/weights.bin', 'two')
        second = place.json('import', '--into', 'plate-ocr', '--files', place.files / 'model').json
        assert second == {**first, 'version': 'v2'}, second

        gone = place.json('delete', 'plate-ocr:v2', '--yes').json
        assert list(gone) == ['model', 'name', 'version', 'trash'], gone
        assert gone['version'] == 'v2'

        third = place.json('import', '--into', first['model'],
                           '--files', place.files / 'model').json
        assert third['version'] == 'v3', third
        shown = place.json('show', 'plate-ocr').json
        assert [version['version'] for version in shown['versions']] == ['v3', 'v1'], shown
        place.verify()

        whole = place.json('delete', 'plate-ocr', '--yes').json
        assert whole['version'] is None
        assert place.json('models').json == {'total': 0, 'models': []}
        entries = place.json('trash').json['trash']
        assert {entry['id'] for entry in entries} == {gone['trash'], whole['trash']}, entries
        place.json('trash', 'restore', whole['trash'])
        shown = place.json('show', 'plate-ocr').json
        assert [version['version'] for version in shown['versions']] == ['v3', 'v1'], shown
        place.json('trash', 'restore', gone['trash'])
        shown = place.json('show', 'plate-ocr').json
        assert [version['version'] for version in shown['versions']] == ['v3', 'v2', 'v1'], shown
        place.verify()
        fourth = place.json('import', '--into', 'plate-ocr', '--files', place.files / 'model').json
        assert fourth['version'] == 'v4', fourth
        assert place.leftovers() == []


def shapes():
    """Every key that programs rely on, in its place."""
    with box() as place:
        weights = os.urandom(70000)
        place.write('m/weights.bin', weights)
        place.write('m/data/标签.txt', '车牌')
        place.write('m/config.json', '{"key": "plate"}')
        model = place.json('import', '车牌检测', '--files', place.files / 'm', '--framework',
                           'PaddlePaddle', '--format', 'Paddle', '--metric', 'hmean=0.9130',
                           '--metric', 'note=n/a', '--metric', 'loss=1e-3', '--env',
                           '/usr/bin/python3', '--tag', 'team=视觉', '--tag', 'stage=prod',
                           '--description', 'finds plates').json
        listed = place.json('models').json
        assert list(listed) == ['total', 'models'] and listed['total'] == 1, listed
        row = listed['models'][0]
        assert list(row) == ['id', 'name', 'tags', 'versions', 'latest', 'size', 'updated'], row
        size = len(weights) + len('车牌'.encode()) + len('{"key": "plate"}')
        assert row == {'id': model['model'], 'name': '车牌检测',
                       'tags': {'stage': 'prod', 'team': '视觉'}, 'versions': 1, 'latest': 'v1',
                       'size': size, 'updated': row['updated']}, row
        assert TIME.match(row['updated']), row

        shown = place.json('show', '车牌检测').json
        assert list(shown) == ['id', 'name', 'description', 'tags', 'latest', 'size', 'created',
                               'updated', 'versions'], shown
        assert shown['description'] == 'finds plates'
        version, = shown['versions']
        assert list(version) == ['version', 'status', 'source', 'framework', 'format', 'metrics',
                                 'environment', 'size', 'files'], version
        assert version['status'] == 'ready' and version['source'] == 'files'
        assert (version['framework'], version['format']) == ('PaddlePaddle', 'Paddle')
        assert version['metrics'] == {'hmean': 0.913, 'note': 'n/a', 'loss': 0.001}, version
        assert version['environment'] == '/usr/bin/python3'
        assert [file['path'] for file in version['files']] == [
            'config.json', 'data/标签.txt', 'weights.bin'], version
        stored = version['files'][2]
        assert stored == {'path': 'weights.bin', 'size': len(weights),
                          'sha256': hashlib.sha256(weights).hexdigest()}, stored
        # As it was reported, to the digit.
        assert '"hmean":0.9130' in place.json('show', '车牌检测').out

        only = place.json('show', '车牌检测:v1').json
        assert only == shown, only
        assert (place.repository / 'models').is_dir()
        on_disk = place.repository / 'models' / '车牌检测' / 'v1' / 'data' / '标签.txt'
        assert on_disk.read_text(encoding='utf-8') == '车牌'


def lists():
    """Search, filter, sort, pages."""
    with box() as place:
        for index, name in enumerate(['plate-ocr', '车牌检测', 'resnet', 'bert']):
            place.write(f'{index}/w.bin', b'x' * (index + 1) * 100)
            place.json('import', name, '--files', place.files / str(index), '--tag',
                       'stage=' + ('prod' if index % 2 else 'dev'), '--tag', 'team=视觉')

        def names(*arguments):
            found = place.json('models', *arguments).json
            return found['total'], [model['name'] for model in found['models']]

        assert names('检测') == (1, ['车牌检测']), names('检测')
        assert names('resn') == (1, ['resnet']), names('resn')
        assert names('nothing-like-it') == (0, [])
        total, found = names('--tag', 'stage=prod', '--sort', 'size')
        assert (total, found) == (2, ['车牌检测', 'bert']), found
        assert names('--tag', 'stage=prod', '--tag', 'team=视觉', '--sort', 'size:desc')[1] == [
            'bert', '车牌检测']
        assert names('--tag', 'stage=none') == (0, [])
        assert names('--sort', 'size:desc')[1] == ['bert', 'resnet', '车牌检测', 'plate-ocr']
        assert names('--sort', 'created')[1] == ['plate-ocr', '车牌检测', 'resnet', 'bert']
        assert names('--sort', 'size', '--limit', '2') == (4, ['plate-ocr', '车牌检测'])
        assert names('--sort', 'size', '--limit', '2', '--offset', '3') == (4, ['bert'])
        assert names('--limit', '0') == (4, [])
        assert names('--offset', '99') == (4, [])

        text = place.run('models', '--sort', 'size').out.splitlines()
        assert len(text) == 5 and text[0].startswith('NAME'), text
        # A Chinese name takes two cells for each character, so the next column begins earlier.
        assert text[1].index('v1') == text[2].index('v1') + len('车牌检测'), text
        assert not re.search(r'[\x1b]', place.run('models').out)


def tags():
    with box() as place:
        place.write('w.bin')
        model = place.json('import', 'm1', '--files', place.files / 'w.bin', '--tag', 'a=1').json
        edited = place.json('tag', 'm1', 'b=2', 'c=x=y', '--remove', 'a').json
        assert edited == {'model': model['model'], 'name': 'm1',
                          'tags': {'b': '2', 'c': 'x=y'}}, edited
        assert place.json('tag', 'm1').json == edited
        assert place.run('tag', 'm1', 'b=3').out == 'b=3\nc=x=y\n'
        assert place.json('tag', 'm1', '--remove', 'b', '--remove', 'c').json['tags'] == {}
        assert place.json('tag', 'm1', 'novalue', code=2).error['reason'] == 'tag-syntax'
        assert place.json('tag', 'm1', '=x', code=1).error['reason'] == 'tag-key-empty'
        assert place.json('tag', 'm1', 'k' * 128 + '=x', code=1).error['reason'] == (
            'tag-key-too-long')
        assert place.json('tag', 'm1').json['tags'] == {}


def uploads():
    """Nothing is replaced without being asked for."""
    with box() as place:
        place.write('m/a.txt', 'a')
        place.write('m/b.txt', 'b')
        place.json('import', 'm1', '--files', place.files / 'm')
        place.write('new/a.txt', 'A')
        place.write('new/b.txt', 'b')
        place.write('new/c.txt', 'c')

        refused = place.json('upload', 'm1:v1', place.files / 'new', code=1)
        assert refused.json == {'would_replace': ['a.txt']}, refused
        assert refused.error['code'] == 'conflict'
        assert refused.error['reason'] == 'would-replace'
        assert refused.error['subject'] == 'a.txt'
        plain = place.run('upload', 'm1:v1', place.files / 'new', code=1)
        assert plain.out == 'a.txt\n' and '--replace' in plain.err, plain
        assert len(place.json('show', 'm1:v1').json['versions'][0]['files']) == 2

        done = place.json('upload', 'm1:v1', place.files / 'new', '--replace').json
        assert (done['version'], done['added'], done['replaced']) == ('v1', 1, 1), done
        files = {file['path']: file['sha256']
                 for file in place.json('show', 'm1:v1').json['versions'][0]['files']}
        assert files['a.txt'] == hashlib.sha256(b'A').hexdigest()
        assert sorted(files) == ['a.txt', 'b.txt', 'c.txt']

        # The same again changes nothing, so it needs no --replace.
        again = place.json('upload', 'm1:v1', place.files / 'new').json
        assert (again['added'], again['replaced']) == (0, 0), again
        place.json('upload', 'm1:v1', place.files / 'm' / 'a.txt', '--to', 'sub/dir')
        assert 'sub/dir/a.txt' in place.json('show', 'm1:v1').out
        place.json('upload', 'm1:v1', place.files / 'm' / 'a.txt', '--to', '../out', code=1)
        place.verify()


def downloads():
    with box() as place:
        place.write('m/a.txt', 'a')
        place.write('m/deep/b.txt', 'b')
        place.json('import', 'm1', '--files', place.files / 'm')
        target = place.folder / 'target'
        target.mkdir()
        folders = place.json('download', 'm1:v1', target).json['folders']
        assert len(folders) == 1 and folders[0].startswith(str(target)), folders
        found = {os.path.relpath(os.path.join(where, name), folders[0]): open(
            os.path.join(where, name), encoding='utf-8').read()
            for where, _folders, names in os.walk(folders[0]) for name in names}
        assert found == {'a.txt': 'a', 'deep/b.txt': 'b'}, found

        # The same is there already: nothing to do. Anything else is not touched.
        assert place.json('download', 'm1:v1', target).json['folders'] == folders
        mine = os.path.join(folders[0], 'mine.txt')
        with open(mine, 'w', encoding='utf-8') as file:
            file.write('mine')
        refused = place.json('download', 'm1:v1', target, code=1)
        assert refused.error['reason'] == 'target-exists', refused
        with open(mine, encoding='utf-8') as file:
            assert file.read() == 'mine'
        assert place.json('download', 'm1:v1', target / 'new' / 'er', code=1).error[
            'reason'] == 'target-unwritable'


def trash():
    """Emptying says how many bytes really come back."""
    with box() as place:
        content = os.urandom(300000)
        place.write('m/a.bin', content)
        place.json('import', 'm1', '--files', place.files / 'm')
        place.json('import', 'm2', '--files', place.files / 'm')
        first = place.json('delete', 'm1', '--yes').json['trash']
        entry, = place.json('trash').json['trash']
        assert list(entry) == ['id', 'name', 'version', 'versions', 'size', 'deleted'], entry
        assert (entry['name'], entry['version'], entry['versions'], entry['size']) == (
            'm1', None, 1, len(content)), entry
        assert TIME.match(entry['deleted'])

        # Taken meanwhile: another name is asked for.
        place.json('import', 'm1', '--files', place.files / 'm')
        assert place.json('trash', 'restore', first, code=1).error['reason'] == 'name-taken'
        restored = place.json('trash', 'restore', first, '--name', 'm1-old').json
        assert restored == {'id': first, 'name': 'm1-old', 'version': None}, restored
        assert {model['name'] for model in place.json('models').json['models']} == {
            'm1', 'm2', 'm1-old'}

        for name in ('m1', 'm1-old'):
            place.json('delete', name, '--yes')
        emptied = place.json('trash', 'empty').json
        assert emptied == {'deleted': 2, 'freed': 0}, emptied  # m2 has the same content
        place.json('delete', 'm2', '--yes')
        emptied = place.json('trash', 'empty').json
        assert emptied == {'deleted': 1, 'freed': len(content)}, emptied
        assert place.json('trash', 'empty').json == {'deleted': 0, 'freed': 0}
        assert place.json('trash', 'restore', first, code=1).error['reason'] == 'trash-missing'
        place.verify()


def ids():
    """An id may be cut short as long as it is the only one."""
    with box() as place:
        place.write('w.bin')
        model = place.json('import', 'm1', '--files', place.files / 'w.bin').json['model']
        assert place.json('show', model).json['id'] == model
        assert place.json('show', model[:8]).json['id'] == model
        assert place.json('show', 'M1').json['id'] == model  # names know no case
        entry = place.json('delete', model[:8], '--yes').json['trash']
        assert place.json('trash', 'restore', entry[:6]).json['name'] == 'm1'
        assert place.json('show', model[:1], code=1).error['reason'] == 'model-missing'


def cut():
    with box() as place:
        place.write('m/a.bin', 'cut me')
        place.json('import', 'm1', '--move', '--files', place.files / 'm')
        assert not (place.files / 'm' / 'a.bin').exists()
        stored = place.repository / 'models' / 'm1' / 'v1' / 'a.bin'
        assert stored.read_text(encoding='utf-8') == 'cut me'
        assert stored.stat().st_mode & 0o777 == 0o444, oct(stored.stat().st_mode)
        place.verify()


def damage():
    """verify finds what was changed, taken away and put there."""
    with box() as place:
        for name in ('a', 'b', 'c'):
            place.write(f'm/{name}.bin', name * 1000)
        place.json('import', 'm1', '--files', place.files / 'm')
        place.json('import', 'm2', '--files', place.files / 'm' / 'a.bin')
        folder = place.repository / 'models' / 'm1' / 'v1'
        os.chmod(folder, 0o755)
        (folder / 'b.bin').unlink()
        (folder / 'strange.txt').write_text('?', encoding='utf-8')
        os.chmod(folder / 'c.bin', 0o644)
        with open(folder / 'c.bin', 'r+b') as stored:
            stored.write(b'X')
        found = place.json('verify', code=1).json['problems']
        assert all(list(problem) == ['code', 'reason', 'subject', 'message'] for problem in found)
        reasons = sorted((problem['reason'], problem['subject'].split('/', 1)[-1])
                         for problem in found)
        assert ('file-missing', 'b.bin') in reasons, reasons
        assert ('file-changed', 'c.bin') in reasons, reasons
        assert ('file-unknown', 'strange.txt') in reasons, reasons
        assert len(reasons) == 3, reasons
        assert place.json('verify', 'm2').json['problems'] == []
        assert place.json('verify', 'm1:v1', code=1).json['problems']
        assert 'b.bin' in place.run('verify', 'm1', code=1).out


def main():
    tap = Tap()
    for check in (numbers, shapes, lists, tags, uploads, downloads, trash, ids, cut, damage):
        tap.check(check.__name__, check)
    tap.done()


main()
