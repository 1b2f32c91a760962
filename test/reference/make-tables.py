"""Makes the small tables of test/reference/tables: files of the published structures with invented numbers, and what they hold.

    python3 test/reference/make-tables.py

Plain Python 3.8 or later, nothing to install. Everything is drawn from one fixed seed, so that a second run changes nothing.
"""

import base64
import bz2
import collections
import io
import json
import os
import pickle
import pickletools
import random
import struct
import sys
import types
import zipfile

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'tables')
draw = random.Random(1)
expected = {}


def path(name):
    return os.path.join(FOLDER, name)


def write(name, content):
    os.makedirs(os.path.dirname(path(name)), exist_ok=True)
    with open(path(name), 'wb') as file:
        file.write(content)


class Columns:
    """What a table must say, gathered independently of how it is read: rows by architecture, columns by description."""

    def __init__(self, architectures):
        self.architectures = architectures
        self.cells = {}

    def add(self, architecture, dataset, split, epochs, measure, trial, value):
        self.cells.setdefault((dataset, split, epochs, measure), {}).setdefault(trial, {})[architecture] = value

    def as_json(self, with_means=True):
        columns = []
        for (dataset, split, epochs, measure), trials in self.cells.items():
            named = list(trials.items())
            if with_means:
                mean = {}
                for architecture in self.architectures:
                    values = [of[architecture] for of in trials.values() if architecture in of]
                    if values:
                        mean[architecture] = sum(values) / len(values)
                named.append(('mean', mean))
            for trial, of in named:
                columns.append(dict(dataset=dataset, split=split, epochs=epochs, measure=measure, trial=trial,
                                    values=[of.get(each) for each in self.architectures]))
        return dict(architectures=self.architectures, columns=columns)


# --- numpy scalars, as numpy pickles them, without numpy -------------------------------------------------------------------

numpy, multiarray = types.ModuleType('numpy'), types.ModuleType('numpy.core.multiarray')


class dtype:
    def __init__(self, name='f8', align=False, copy=True):
        self.name = name

    def __reduce__(self):
        return dtype, (self.name, False, True), (3, '<', None, None, None, -1, -1, 0)

    def __setstate__(self, state):
        pass


def scalar(kind, content):
    return content


class Float64:
    """A numpy.float64 where pickle is concerned."""

    def __init__(self, value):
        self.value = value

    def __reduce__(self):
        return scalar, (FLOAT64, struct.pack('<d', self.value))


dtype.__module__, dtype.__qualname__ = 'numpy', 'dtype'
scalar.__module__ = 'numpy.core.multiarray'
numpy.dtype, multiarray.scalar = dtype, scalar
numpy.core = types.ModuleType('numpy.core')
numpy.core.multiarray = multiarray
sys.modules.update({'numpy': numpy, 'numpy.core': numpy.core, 'numpy.core.multiarray': multiarray})
FLOAT64 = dtype()


# --- NAS-Bench-201 and NATS-Bench ------------------------------------------------------------------------------------------

SETS = {
    'cifar10-valid': ['x-valid', 'ori-test'],
    'cifar10': ['ori-test'],
    'cifar100': ['x-valid', 'x-test', 'ori-test'],
    'ImageNet16-120': ['x-valid', 'x-test', 'ori-test'],
}
# Where each belongs; sets that mix validation and test images belong nowhere.
PLACES = {
    ('cifar10-valid', 'train'): ('cifar10-halftrain', 'train'),
    ('cifar10-valid', 'x-valid'): ('cifar10', 'validation'),
    ('cifar10-valid', 'ori-test'): ('cifar10-halftrain', 'test'),
    ('cifar10', 'train'): ('cifar10', 'train'),
    ('cifar10', 'ori-test'): ('cifar10', 'test'),
    **{(name, split): (name.lower(), place) for name in ('cifar100', 'ImageNet16-120')
       for split, place in (('train', 'train'), ('x-valid', 'validation'), ('x-test', 'test'))},
}


def training(columns, architecture, dataset, seed, epochs, last_only=False):
    """One training as the benchmarks' files hold it. Before the last epoch everything is plain, so that files stay small."""
    per_epoch = round(draw.uniform(5, 20), 3)
    state = dict(name='infer.tiny', net_state_dict=None, train_acc5es=None, params=Float64(0.5), flop=15.6, seed=seed,
                 epochs=epochs, latency=[0.014, 0.015], eval_names=list(SETS[dataset]), eval_times={},
                 arch_config={'channel': 16, 'num_cells': 5, 'arch_str': architecture, 'class_num': 10},
                 train_times=collections.OrderedDict((i, per_epoch) for i in range(epochs)))
    last = epochs - 1
    for split in ['train', *SETS[dataset]]:
        accuracy, loss = round(draw.uniform(10, 95), 4), round(draw.uniform(0.01, 2), 6)
        known = range(last, epochs) if last_only and split != 'train' else range(epochs)
        key = (lambda i: i) if split == 'train' else (lambda i: '%s@%d' % (split, i))
        prefix = 'train' if split == 'train' else 'eval'
        state.setdefault(prefix + '_acc1es', {}).update({key(i): accuracy if i == last else 1.0 for i in known})
        state.setdefault(prefix + '_losses', {}).update({key(i): loss if i == last else 2.0 for i in known})
        if (dataset, split) in PLACES:
            place, of = PLACES[dataset, split]
            columns.add(architecture, place, of, epochs, 'accuracy', seed, accuracy / 100)
            columns.add(architecture, place, of, epochs, 'loss', seed, loss)
            if split == 'train':
                columns.add(architecture, place, of, epochs, 'seconds', seed, per_epoch * epochs)
    return state


def results(columns, index, architecture, plan, **options):
    """plan: {hyper-parameters: (epochs, {data set: seeds})}"""
    return collections.OrderedDict(
        (name, dict(arch_index=index, arch_str=architecture, clear_net_done=True, dataset_seed=dict(seeds_of),
                    all_results={(dataset, seed): training(columns, architecture, dataset, seed, epochs, **options)
                                 for dataset, seeds in seeds_of.items() for seed in seeds}))
        for name, (epochs, seeds_of) in plan.items())


def once(seed=777):
    return {dataset: [seed] for dataset in SETS}


CELLS = [
    '|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|',
    '|none~0|+|none~0|none~1|+|none~0|none~1|none~2|',
    '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_1x1~2|',
]
WIDTHS = ['8:8:8:8:8', '64:64:64:64:64']


def benchmark(architectures, infos):
    return dict(meta_archs=architectures, total_archs=len(architectures), arch2infos=infos, evaluated_indexes=set(infos))


def make_nats_bench():
    columns = Columns([CELLS[0], CELLS[2]])  # the second of three was never evaluated
    plans = {0: {'12': (12, once()), '200': (200, {**once(), 'cifar10-valid': [777, 888, 999]})},
             2: {'12': (12, once()), '200': (200, once(888))}}
    infos = {index: results(columns, index, CELLS[index], plan) for index, plan in plans.items()}
    write('nats-tss.pickle.pbz2', bz2.compress(pickle.dumps(benchmark(CELLS, infos), protocol=4)))
    write('nats-tss/meta.pickle.pbz2', bz2.compress(pickle.dumps(dict(meta_archs=CELLS), protocol=4)))
    for index, info in infos.items():
        name = 'nats-tss/%06d.pickle.pbz2' if index == 0 else 'nats-tss/%d.pickle.pbz2'  # both names are in use
        write(name % index, bz2.compress(pickle.dumps(info, protocol=4)))
    expected['nats-tss.pickle.pbz2'] = expected['nats-tss'] = columns.as_json()

    columns = Columns(WIDTHS)
    plan = {'01': (1, once()), '12': (12, once()), '90': (90, {**once(), 'cifar10-valid': [777, 888]})}
    infos = {index: results(columns, index, widths, plan) for index, widths in enumerate(WIDTHS)}
    write('nats-sss.pickle.pbz2', bz2.compress(pickle.dumps(benchmark(WIDTHS, infos), protocol=4)))
    expected['nats-sss.pickle.pbz2'] = columns.as_json()


def make_nas_bench_201():
    """The .pth file, in both forms of torch.save; `full` has 20 epochs here in place of 200."""
    columns = Columns(CELLS[:2])
    plan = {'full': (20, {**once(), 'cifar10': [777, 888]}), 'less': (12, {'cifar10-valid': [777]})}
    infos = {index: results(columns, index, CELLS[index], plan, last_only=True) for index in range(2)}
    table = benchmark(CELLS[:2], infos)
    write('nas-bench-201-legacy.pth', legacy_torch(table))
    write('nas-bench-201-zip.pth', zip_torch(table))
    zipfile.ZIP64_LIMIT, limit = 0, zipfile.ZIP64_LIMIT  # as archives of more than 4 GB are written
    write('nas-bench-201-zip64.pth', zip_torch(table, zipfile.ZIP_DEFLATED))
    zipfile.ZIP64_LIMIT = limit
    for form in ('legacy', 'zip', 'zip64'):
        expected['nas-bench-201-%s.pth' % form] = columns.as_json()
    write('nas-bench-201-weights.pth', zip_torch(dict(meta_archs=CELLS, arch2infos={0: {'full': Weights()}})))


class Weights:
    """Stands for a tensor: torch pickles those as a reference to bytes elsewhere."""


class TorchPickler(pickle.Pickler):
    def persistent_id(self, value):
        return ('storage', 'FloatStorage', '0', 'cpu', 4) if isinstance(value, Weights) else None


def torch_pickle(value):
    stream = io.BytesIO()
    TorchPickler(stream, protocol=2).dump(value)
    return stream.getvalue()


def legacy_torch(value):
    machine = dict(protocol_version=1001, little_endian=True, type_sizes=dict(short=2, int=4, long=4))
    parts = [0x1950a86a20f9469cfc6c, 1001, machine, value, []]
    return b''.join(torch_pickle(part) for part in parts)


def zip_torch(value, method=zipfile.ZIP_STORED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, 'w') as archive:
        for name, content in [('data.pkl', torch_pickle(value)), ('byteorder', b'little'), ('version', b'3\n')]:
            archive.writestr(zipfile.ZipInfo('archive/' + name, (2020, 1, 1, 0, 0, 0)), content, method)
    return stream.getvalue()


# --- NAS-Bench-101 ---------------------------------------------------------------------------------------------------------

MODULES = [
    # adjacency matrix, operations, and the same as text
    ('0100' '0010' '0001' '0000', ['conv3x3-bn-relu', 'maxpool3x3'], 'conv3x3-bn-relu,maxpool3x3:1.01.001'),
    ('0101' '0010' '0001' '0000', ['conv3x3-bn-relu', 'maxpool3x3'], 'conv3x3-bn-relu,maxpool3x3:1.01.101'),
    ('01' '00', [], ':1'),
]


def varint(value):
    encoded = bytearray()
    while value > 127:
        encoded.append(value & 127 | 128)
        value >>= 7
    return bytes(encoded + bytes([value]))


def field(number, wire, content):
    return varint(number << 3 | wire) + content


def evaluation(epoch, seconds, train, validation, test):
    doubles = enumerate((epoch, seconds, train, validation, test), 1)
    content = b''.join(field(number, 1, struct.pack('<d', value)) for number, value in doubles)
    content += field(6, 2, varint(5) + b'ckpt0')
    return field(1, 2, varint(len(content)) + content)


def crc32c(content):
    crc = 0xffffffff
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def masked(content):
    crc = crc32c(content)
    return struct.pack('<I', (crc >> 15 | crc << 17) + 0xa282ead8 & 0xffffffff)


def tfrecord(content):
    length = struct.pack('<Q', len(content))
    return length + masked(length) + content + masked(content)


def make_nas_bench_101():
    columns = Columns([text for _, _, text in MODULES])
    records = []
    for epochs in (4, 108):
        for number, (matrix, operations, text) in enumerate(MODULES):
            for trial in range(3):
                seconds, *accuracies = [round(draw.uniform(0.1, 0.95), 6) for _ in range(4)]
                metrics = evaluation(0.0, 0.0, 0.1, 0.1, 0.1) + evaluation(epochs / 2, 1.0, 0.2, 0.2, 0.2)
                metrics += evaluation(float(epochs), seconds, *accuracies)
                metrics += field(2, 0, varint(8555530)) + field(3, 1, struct.pack('<d', seconds + 1))
                names = ','.join(['input', *operations, 'output'])
                row = ['%032x' % number, epochs, matrix, names, base64.b64encode(metrics).decode()]
                records.append(tfrecord(json.dumps(row).encode()))
                for split, value in zip(('train', 'validation', 'test'), accuracies):
                    columns.add(text, 'cifar10', split, epochs, 'accuracy', trial, value)
                columns.add(text, 'cifar10', 'train', epochs, 'seconds', trial, seconds)
    write('nasbench.tfrecord', b''.join(records))
    expected['nasbench.tfrecord'] = columns.as_json()


# --- pickles alone ---------------------------------------------------------------------------------------------------------

def plain(value):
    """A value as JSON that keeps apart what JSON does not."""
    if isinstance(value, dict):
        return {'dict': [[plain(key), plain(each)] for key, each in value.items()]}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, (set, frozenset)):
        return {'set': sorted(plain(each) for each in value)}
    if isinstance(value, (bytes, bytearray)):
        return {'bytes': bytes(value).hex()}
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2 ** 53:
        return {'int': str(value)}
    if isinstance(value, Float64):
        return value.value
    return value


def make_pickles():
    shared = ['twice']
    counted = collections.defaultdict(int, {'a': 1})
    values = [
        None, True, False, 0, 1, 255, 256, 65535, 65536, -1, 2 ** 31 - 1, -2 ** 31, 2 ** 31, 2 ** 52, 2 ** 64, -2 ** 70,
        0.0, -1.5, 1e300, 3.141592653589793, 'plain', '', 'ü € 🙂', 'line\nfeed \\ "quote" \'', 'x' * 300, b'', b'\x00\xff',
        b'y' * 300, bytearray(b'abc'), [], [1], (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), {}, {'a': 1},
        {('cifar10', 777): [1.5]}, set(), {1, 2, 3}, frozenset([4, 5]), [shared, shared],
        collections.OrderedDict([('b', 1), ('a', 2)]), counted, Float64(0.25), [Float64(1.5), Float64(-2.5)],
    ]
    good = []
    for value in values:
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            if isinstance(value, bytearray) and protocol < 5:
                continue  # made by a call of bytearray there, which no table needs
            written = pickle.dumps(value, protocol)
            for content in {written, pickletools.optimize(written)}:
                good.append(dict(protocol=protocol, hex=content.hex(), value=plain(value)))
    for value in ([0] * 1001, {i: 0 for i in range(1001)}):  # pickled a thousand at a time
        good += [dict(protocol=each, hex=pickle.dumps(value, each).hex(), value=plain(value)) for each in (0, 2, 4)]
    good.sort(key=lambda each: each['hex'])
    bad = []
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        for name, value in (('system', Call(os.system, 'false')), ('eval', Call(eval, '1')), ('Weights', Weights()),
                            ('getattr', Call(getattr, 'a', 'upper')), ('complex', 1j), ('slice', slice(1))):
            bad.append(dict(name='%s, protocol %d' % (name, protocol), names=name, hex=pickle.dumps(value, protocol).hex()))
    write('pickles.json', json.dumps(dict(good=good, bad=bad), separators=(',', ':')).encode())
    evil = dict(meta_archs=CELLS, arch2infos={}, evaluated_indexes=Call(os.system, 'touch /tmp/nascent-was-here'))
    write('evil.pickle.pbz2', bz2.compress(pickle.dumps(evil, protocol=4)))


class Call:
    def __init__(self, function, *args):
        self.reduced = function, args

    def __reduce__(self):
        return self.reduced


make_nats_bench()
make_nas_bench_201()
make_nas_bench_101()
make_pickles()
write('expected.json', json.dumps(expected, separators=(',', ':')).encode())
