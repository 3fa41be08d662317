# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures as arrays of rows, columns and channels of 8 bits, with numpy alone.

PNG of 8 bits without interlacing and PPM/PGM are read here; anything else, and very large PNG,
only where Pillow is installed.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import struct
import zlib

import numpy

from .handlers import BadRequest

MOST_PIXELS = 64 << 20
MOST_SLOW = 16 << 20  # pixels that are taken one by one: more may outlast the time of a request
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def read_picture(text):
    """An array of height, width, 1 or 3 from base64, also as a data: address."""
    if text.startswith('data:'):
        text = text.partition(',')[2]
    try:
        data = base64.b64decode(''.join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest('the image is no base64') from None
    if data.startswith(b'\x89PNG\r\n\x1a\n'):
        picture = read_png(data)
    elif data[:2] in (b'P5', b'P6'):
        picture = read_pnm(data)
    else:
        picture = None
    return picture if picture is not None else read_other(data)


def check_size(width, height):
    if not 0 < width * height <= MOST_PIXELS:
        raise BadRequest('the image has {} × {} pixels'.format(width, height))


def read_other(data):
    try:
        from PIL import Image  # pylint: disable=import-outside-toplevel
    except ImportError:
        raise BadRequest('the image is no PNG of 8 bits or PPM, or a very large one; others need '
                         'Pillow, which is not installed for this Python') from None
    try:
        image = Image.open(io.BytesIO(data))
        check_size(*image.size)
        return numpy.asarray(image.convert('RGB'))
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise BadRequest('the image cannot be read: {}'.format(error)) from None


def read_pnm(data):
    match = re.match(rb'P([56])(?:\s+(?:#[^\n]*\n\s*)*)(\d{1,6})\s+(\d{1,6})\s+255\s', data)
    if not match:
        return None
    channels = 3 if match[1] == b'6' else 1
    width, height = int(match[2]), int(match[3])
    check_size(width, height)
    pixels = data[match.end():match.end() + width * height * channels]
    if len(pixels) < width * height * channels:
        raise BadRequest('the image is cut short')
    return numpy.frombuffer(pixels, numpy.uint8).reshape(height, width, channels)


def read_chunks(data):
    position = 8
    while position + 8 <= len(data):
        length, kind = struct.unpack_from('>I4s', data, position)
        yield kind, data[position + 8:position + 8 + length]
        position += length + 12


def read_png(data):
    """None for those kinds that are left to Pillow."""
    header, packed, palette = None, [], None
    for kind, content in read_chunks(data):
        if kind == b'IHDR' and len(content) >= 13:
            header = struct.unpack('>IIBBBBB', content[:13])
        elif kind == b'PLTE':
            palette = numpy.frombuffer(content[:len(content) // 3 * 3], numpy.uint8).reshape(-1, 3)
        elif kind == b'IDAT':
            packed.append(content)
    if header is None:
        raise BadRequest('the image is cut short')
    width, height, depth, colour, _, _, interlace = header
    check_size(width, height)
    if depth != 8 or interlace or colour not in CHANNELS:
        return None
    channels = CHANNELS[colour]
    wanted = height * (width * channels + 1)
    try:
        raw = zlib.decompressobj().decompress(b''.join(packed), wanted)
    except zlib.error:
        raise BadRequest('the image is damaged') from None
    if len(raw) < wanted:
        raise BadRequest('the image is cut short')
    filters = numpy.frombuffer(raw, numpy.uint8)[::width * channels + 1]
    if numpy.count_nonzero(filters > 2) * width > MOST_SLOW:
        return None
    pixels = undo_filters(raw, width, height, channels)
    if colour == 3:
        if palette is None or pixels.max(initial=0) >= len(palette):
            raise BadRequest('the image has no palette for its colours')
        return palette[pixels[:, :, 0]]
    return pixels[:, :, :3] if channels == 4 else pixels[:, :, :1] if channels == 2 else pixels


def undo_filters(raw, width, height, channels):
    """Each row says how it differs from its left and upper neighbours."""
    rows = numpy.frombuffer(raw, numpy.uint8).reshape(height, width * channels + 1)
    result = numpy.zeros((height, width, channels), numpy.uint8)
    above = numpy.zeros((width, channels), numpy.uint8)
    for number in range(height):
        kind = rows[number, 0]
        line = rows[number, 1:].reshape(width, channels)
        if kind == 0:
            current = line
        elif kind == 1:
            current = numpy.cumsum(line, axis=0, dtype=numpy.uint32).astype(numpy.uint8)
        elif kind == 2:
            current = line + above
        elif kind in (3, 4):
            current = undo_row(line.ravel(), above.ravel(), kind, channels)
        else:
            raise BadRequest('the image is damaged')
        result[number] = current
        above = result[number]
    return result


def undo_row(line, above, kind, channels):
    """Average and Paeth: each byte depends on the one of the pixel before."""
    result = numpy.empty(len(line), numpy.uint8)
    for channel in range(channels):
        done = []
        left = corner = 0
        pairs = zip(line[channel::channels].tolist(), above[channel::channels].tolist())
        if kind == 3:
            for value, up in pairs:
                left = (value + ((left + up) >> 1)) & 255
                done.append(left)
        else:
            for value, up in pairs:
                by_left, by_up = up - corner, left - corner
                by_corner = abs(by_left + by_up)
                by_left, by_up = abs(by_left), abs(by_up)
                if by_left > by_up or by_left > by_corner:
                    left = up if by_up <= by_corner else corner
                left = (value + left) & 255
                corner = up
                done.append(left)
        result[channel::channels] = done
    return result.reshape(-1, channels)


def fit(picture, height, width, channels):
    """Bilinear, without regard to its proportions; grey and colour are made of each other."""
    if picture.shape[2] != channels:
        if channels == 3:
            picture = numpy.repeat(picture, 3, axis=2)
        else:
            picture = (picture @ numpy.array([0.299, 0.587, 0.114]))[:, :, None]
    picture = picture.astype(numpy.float32)
    rows, columns = picture.shape[:2]
    if (rows, columns) == (height, width):
        return picture

    def place(count, size):
        points = numpy.clip((numpy.arange(count) + 0.5) * size / count - 0.5, 0, size - 1)
        low = points.astype(int)
        return low, numpy.minimum(low + 1, size - 1), (points - low).astype(numpy.float32)
    top, bottom, down = place(height, rows)
    left, right, across = place(width, columns)
    down, across = down[:, None, None], across[None, :, None]
    upper = picture[top][:, left] * (1 - across) + picture[top][:, right] * across
    lower = picture[bottom][:, left] * (1 - across) + picture[bottom][:, right] * across
    return upper * (1 - down) + lower * down
