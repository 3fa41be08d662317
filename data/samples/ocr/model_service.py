"""Inference code of a text reader: PP-OCRv4 detection and recognition through onnxruntime.

Requests are {"image": base64 of an image file}, answers one entry for each line of text, from top
to bottom, with its corners in pixels of the image:

    {"result": [{"text": "Granary", "score": 0.998,
                 "box": [[12, 8], [240, 8], [240, 52], [12, 52]]}],
     "width": 640, "height": 200}

It needs numpy and onnxruntime. PNG files are read without anything else; for other formats Pillow
has to be there. Boxes are upright: text that is set at an angle is found, but read badly.
"""

import base64
import binascii
import json
import os
import struct
import zlib

import numpy
import onnxruntime
import tiinfer

MAX_PIXELS = 40_000_000
LINE_HEIGHT = 48
MAX_LINE_WIDTH = 2400
MEAN = numpy.array([0.485, 0.456, 0.406], dtype=numpy.float32)
DEVIATION = numpy.array([0.229, 0.224, 0.225], dtype=numpy.float32)
PNG = b'\x89PNG\r\n\x1a\n'
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


class TextReader(tiinfer.Model):
    def __init__(self, model_dir):
        super().__init__(model_dir)
        self.folder = model_dir
        self.config = {}
        self.detection = None
        self.recognition = None
        self.characters = []

    def load(self):
        with open(os.path.join(self.folder, 'config.json'), encoding='utf-8') as file:
            self.config = json.load(file)
        self.detection = self.open_network('detection')
        self.recognition = self.open_network('recognition')
        with open(os.path.join(self.folder, self.config['dictionary']), encoding='utf-8') as file:
            # The first class is the gap between characters, the last one is the space.
            self.characters = ['', *file.read().splitlines(), ' ']
        classes = self.recognition.get_outputs()[0].shape[-1]
        if isinstance(classes, int) and classes != len(self.characters):
            print(f'the dictionary has {len(self.characters)} entries, the network {classes}')
            return False
        return True

    def open_network(self, name):
        return onnxruntime.InferenceSession(os.path.join(self.folder, self.config[name]),
                                            providers=['CPUExecutionProvider'])

    def preprocess(self, data):
        if not isinstance(data.get('image'), str) or not data['image']:
            raise ValueError('"image" has to be an image file in base64')
        text = data['image'].partition(',')[2] if data['image'].startswith('data:') \
            else data['image']
        try:
            content = base64.b64decode(text, validate=True)
        except binascii.Error as error:
            raise ValueError(f'"image" is not base64: {error}') from None
        return {'image': read_image(content)}

    def predict(self, data):
        image = data['image']
        lines = []
        for left, top, right, bottom in self.find_boxes(image):
            text, score = self.read_line(image[top:bottom, left:right])
            if text.strip() and score >= self.config['text_threshold']:
                lines.append((left, top, right, bottom, text, score))
        return {'lines': lines, 'size': image.shape[:2]}

    def postprocess(self, data):
        height, width = data['size']
        return {
            'result': [{'text': text, 'score': round(float(score), 4),
                        'box': [[left, top], [right, top], [right, bottom], [left, bottom]]}
                       for left, top, right, bottom, text, score in in_reading_order(data['lines'])],
            'width': width,
            'height': height,
        }

    def find_boxes(self, image):
        """Boxes of lines: left, top, right, bottom in pixels of the image."""
        height, width = image.shape[:2]
        scale = min(1.0, self.config['longest_side'] / max(height, width))
        inner_height = max(32, round(height * scale / 32) * 32)
        inner_width = max(32, round(width * scale / 32) * 32)
        pixels = resize(image, inner_height, inner_width)[:, :, ::-1] / 255.0
        pixels = ((pixels - MEAN) / DEVIATION).transpose(2, 0, 1)[None].astype(numpy.float32)
        likely = self.detection.run(None, {self.detection.get_inputs()[0].name: pixels})[0][0, 0]

        boxes = []
        for left, top, right, bottom, count, total in find_regions(
                likely, self.config['pixel_threshold']):
            box_width, box_height = right - left, bottom - top
            if min(box_width, box_height) < 3 or total / count < self.config['box_threshold']:
                continue
            # The network marks the core of a line: it is widened again.
            margin = box_width * box_height * self.config['unclip'] / (2 * (box_width + box_height))
            boxes.append((max(0, round((left - margin) * width / inner_width)),
                          max(0, round((top - margin) * height / inner_height)),
                          min(width, round((right + margin) * width / inner_width)),
                          min(height, round((bottom + margin) * height / inner_height))))
        return boxes

    def read_line(self, crop):
        """The text in a box, and how sure that is."""
        if crop.shape[0] > crop.shape[1] * 1.5:
            crop = numpy.rot90(crop)
        width = round(crop.shape[1] * LINE_HEIGHT / crop.shape[0])
        width = min(MAX_LINE_WIDTH, max(16, width))
        pixels = resize(crop, LINE_HEIGHT, width)[:, :, ::-1] / 127.5 - 1.0
        padded = numpy.zeros((1, 3, LINE_HEIGHT, max(320, width)), dtype=numpy.float32)
        padded[0, :, :, :width] = pixels.transpose(2, 0, 1)
        steps = self.recognition.run(None, {self.recognition.get_inputs()[0].name: padded})[0][0]

        best = steps.argmax(axis=1)
        # Of equal neighbours the first counts; gaps keep double letters apart.
        kept = (best != 0) & (best != numpy.concatenate(([0], best[:-1])))
        if not kept.any():
            return '', 0.0
        return (''.join(self.characters[index] for index in best[kept]),
                float(steps.max(axis=1)[kept].mean()))


def in_reading_order(lines):
    """From top to bottom; what stands at the same height from left to right."""
    rows = []
    for line in sorted(lines, key=lambda line: line[1]):
        middle = (line[1] + line[3]) / 2
        if rows and middle < rows[-1][0][3]:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row)]


def find_regions(likely, threshold):
    """Connected regions above the threshold: left, top, right, bottom, pixels, sum of values.

    Each row is cut into runs; runs that touch one of the row above belong to the same region.
    """
    parents, regions = [], []

    def find(region):
        while parents[region] != region:
            parents[region] = parents[parents[region]]
            region = parents[region]
        return region

    above = []
    for top, row in enumerate(likely):
        marks = numpy.diff(numpy.concatenate(([0], (row > threshold).astype(numpy.int8), [0])))
        runs = []
        for left, right in zip(numpy.flatnonzero(marks == 1), numpy.flatnonzero(marks == -1)):
            touching = {find(region) for start, end, region in above
                        if start <= right and end >= left}
            region = min(touching) if touching else len(parents)
            if not touching:
                parents.append(region)
                regions.append([left, top, right, top + 1, 0, 0.0])
            for other in touching - {region}:
                parents[other] = region
                merge(regions[region], regions[other])
            merge(regions[region], [left, top, right, top + 1, right - left,
                                    float(row[left:right].sum())])
            runs.append((left, right, region))
        above = runs
    return [tuple(int(value) for value in region[:5]) + (region[5],)
            for index, region in enumerate(regions) if parents[index] == index]


def merge(region, other):
    region[0] = min(region[0], other[0])
    region[1] = min(region[1], other[1])
    region[2] = max(region[2], other[2])
    region[3] = max(region[3], other[3])
    region[4] += other[4]
    region[5] += other[5]


def resize(image, height, width):
    """Bilinear, with pixels seen as squares."""
    def places(size, wanted):
        at = (numpy.arange(wanted, dtype=numpy.float32) + 0.5) * size / wanted - 0.5
        at = at.clip(0, size - 1)
        low = at.astype(numpy.int32)
        return low, numpy.minimum(low + 1, size - 1), at - low

    rows, next_rows, down = places(image.shape[0], height)
    columns, next_columns, right = places(image.shape[1], width)
    right = right[None, :, None]
    upper = image[rows].astype(numpy.float32)
    lower = image[next_rows].astype(numpy.float32)
    upper = upper[:, columns] * (1 - right) + upper[:, next_columns] * right
    lower = lower[:, columns] * (1 - right) + lower[:, next_columns] * right
    return upper * (1 - down[:, None, None]) + lower * down[:, None, None]


def read_image(content):
    """Rows of pixels, red, green and blue, of an image file."""
    try:
        import io

        from PIL import Image, ImageOps
    except ImportError:
        if not content.startswith(PNG):
            raise ValueError('only PNG files can be read here: Pillow is not installed') from None
        return read_png(content)

    with Image.open(io.BytesIO(content)) as image:
        if image.width * image.height > MAX_PIXELS:
            raise ValueError('the image is too large')
        image = ImageOps.exif_transpose(image).convert('RGBA')
        return on_white(numpy.asarray(image))


def on_white(pixels):
    alpha = pixels[:, :, 3:].astype(numpy.float32) / 255
    return (pixels[:, :, :3] * alpha + 255 * (1 - alpha)).round().astype(numpy.uint8)


def read_png(content):
    """A PNG file that is not interlaced, with the standard library alone."""
    header, palette, transparency, packed = None, None, b'', []
    at = len(PNG)
    while at + 8 <= len(content):
        length, kind = struct.unpack_from('>I4s', content, at)
        data = content[at + 8:at + 8 + length]
        at += length + 12
        if kind == b'IHDR':
            header = struct.unpack('>IIBBBBB', data[:13])
        elif kind == b'PLTE':
            palette = numpy.frombuffer(data[:len(data) // 3 * 3], numpy.uint8).reshape(-1, 3)
        elif kind == b'tRNS':
            transparency = data
        elif kind == b'IDAT':
            packed.append(data)
        elif kind == b'IEND':
            break
    if header is None or not packed:
        raise ValueError('the PNG file is broken')
    width, height, depth, colour, _, _, interlaced = header
    if not width or not height or colour not in CHANNELS or width * height > MAX_PIXELS:
        raise ValueError('the PNG file is broken, or too large')
    if interlaced:
        raise ValueError('interlaced PNG files can be read only where Pillow is installed')

    channels = CHANNELS[colour]
    row_bytes = (width * channels * depth + 7) // 8
    try:
        raw = zlib.decompressobj().decompress(b''.join(packed), height * (row_bytes + 1))
    except zlib.error as error:
        raise ValueError(f'the PNG file is broken: {error}') from None
    if len(raw) < height * (row_bytes + 1):
        raise ValueError('the PNG file is cut off')
    rows = undo_filters(numpy.frombuffer(raw, numpy.uint8).reshape(height, row_bytes + 1),
                        max(1, channels * depth // 8))

    if depth == 16:
        rows = rows[:, ::2]
    elif depth < 8:
        bits = numpy.unpackbits(rows, axis=1).reshape(height, -1, depth)
        rows = numpy.packbits(bits, axis=2)[:, :width, 0] >> (8 - depth)
        if colour == 0:
            rows = rows * (255 // (2 ** depth - 1))
    pixels = rows[:, :width * channels].reshape(height, width, channels)

    if colour == 3:
        if palette is None or pixels.max() >= len(palette):
            raise ValueError('the PNG file is broken: its palette is')
        alpha = numpy.full(len(palette), 255, numpy.uint8)
        alpha[:len(transparency)] = numpy.frombuffer(transparency[:len(palette)], numpy.uint8)
        return on_white(numpy.concatenate((palette, alpha[:, None]), axis=1)[pixels[:, :, 0]])
    if colour in (0, 4):
        grey = numpy.repeat(pixels[:, :, :1], 3, axis=2)
        return grey if colour == 0 else on_white(numpy.concatenate((grey, pixels[:, :, 1:]), axis=2))
    return pixels if colour == 2 else on_white(pixels)


def undo_filters(rows, step):
    """Rows of bytes out of rows that begin with the number of their filter."""
    done = numpy.zeros((len(rows), rows.shape[1] - 1), numpy.uint8)
    above = numpy.zeros(rows.shape[1] - 1, numpy.uint8)
    for number, row in enumerate(rows):
        kind, row = row[0], row[1:]
        if kind == 0:
            line = row
        elif kind == 2:
            line = row + above
        elif kind == 1:
            line = numpy.zeros(-(-len(row) // step) * step, numpy.uint8)
            line[:len(row)] = row
            line = numpy.cumsum(line.reshape(-1, step), axis=0, dtype=numpy.uint8)
            line = line.reshape(-1)[:len(row)]
        elif kind in (3, 4):
            line = undo_neighbours(kind, row.tolist(), above.tolist(), step)
        else:
            raise ValueError('the PNG file is broken: there is no such filter')
        done[number] = above = line
    return done


def undo_neighbours(kind, row, above, step):
    """Filters that look at the byte before, the one above and the one before that one."""
    line = [0] * len(row)
    for at, value in enumerate(row):
        left = line[at - step] if at >= step else 0
        up = above[at]
        if kind == 3:
            guess = (left + up) // 2
        else:
            corner = above[at - step] if at >= step else 0
            base = left + up - corner
            apart = abs(base - left), abs(base - up), abs(base - corner)
            guess = (left, up, corner)[apart.index(min(apart))]
        line[at] = (value + guess) & 255
    return numpy.array(line, numpy.uint8)
