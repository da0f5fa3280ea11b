import numpy as np
from scipy import ndimage

# Two pinhole cameras: place, right, down, ahead; focal length in pixels
FOCAL = 193.98969044771428
CAMS = np.array([
    [[0.3204316, 0.3204316, 0.3113091], [-0.70710678, 0.70710678, 0.0], [0.29883624, 0.29883624, -0.90630779], [-0.64085638, -0.64085638, -0.42261826]],
    [[0.3204316, -0.3204316, 0.3113091], [0.70710678, 0.70710678, 0.0], [0.29883624, -0.29883624, -0.90630779], [-0.64085638, 0.64085638, -0.42261826]],
])
SIZE = 224
RADIUS = 0.0174
REACH = 0.05
LOWEST = 1.27
FITS = 0.78
HOME = np.array([0.0384, 0.0, 0.1972])


SOLIDS = np.array([[[0.0133, 0.0783, 0.0386],
    [0.0116, 0.0848, 0.0386],
    [0.0068, 0.0896, 0.0386],
    [0.0003, 0.0913, 0.0386],
    [0.0133, -0.0783, 0.0386],
    [0.0116, -0.0848, 0.0386],
    [0.0068, -0.0896, 0.0386],
    [0.0003, -0.0913, 0.0386],
    [-0.0133, 0.0783, 0.0386],
    [-0.0116, 0.0848, 0.0386],
    [-0.0068, 0.0896, 0.0386],
    [-0.0003, 0.0913, 0.0386],
    [-0.0133, -0.0783, 0.0386],
    [-0.0116, -0.0848, 0.0386],
    [-0.0068, -0.0896, 0.0386],
    [-0.0003, -0.0913, 0.0386],
    [0.0227, 0.0783, 0.0426],
    [0.0197, 0.0895, 0.0426],
    [0.0115, 0.0977, 0.0426],
    [0.0003, 0.1007, 0.0426],
    [0.0227, -0.0783, 0.0426],
    [0.0197, -0.0895, 0.0426],
    [0.0115, -0.0977, 0.0426],
    [0.0003, -0.1007, 0.0426],
    [-0.0227, 0.0783, 0.0426],
    [-0.0197, 0.0895, 0.0426],
    [-0.0115, 0.0977, 0.0426],
    [-0.0003, 0.1007, 0.0426],
    [-0.0227, -0.0783, 0.0426],
    [-0.0197, -0.0895, 0.0426],
    [-0.0115, -0.0977, 0.0426],
    [-0.0003, -0.1007, 0.0426],
    [0.0267, 0.0783, 0.052],
    [0.0232, 0.0915, 0.052],
    [0.0135, 0.1012, 0.052],
    [0.0003, 0.1047, 0.052],
    [0.0267, -0.0783, 0.052],
    [0.0232, -0.0915, 0.052],
    [0.0135, -0.1012, 0.052],
    [0.0003, -0.1047, 0.052],
    [-0.0267, 0.0783, 0.052],
    [-0.0232, 0.0915, 0.052],
    [-0.0135, 0.1012, 0.052],
    [-0.0003, 0.1047, 0.052],
    [-0.0267, -0.0783, 0.052],
    [-0.0232, -0.0915, 0.052],
    [-0.0135, -0.1012, 0.052],
    [-0.0003, -0.1047, 0.052],
    [0.0267, 0.0783, 0.0836],
    [0.0232, 0.0915, 0.0836],
    [0.0135, 0.1012, 0.0836],
    [0.0003, 0.1047, 0.0836],
    [0.0267, -0.0783, 0.0836],
    [0.0232, -0.0915, 0.0836],
    [0.0135, -0.1012, 0.0836],
    [0.0003, -0.1047, 0.0836],
    [-0.0267, 0.0783, 0.0836],
    [-0.0232, 0.0915, 0.0836],
    [-0.0135, 0.1012, 0.0836],
    [-0.0003, 0.1047, 0.0836],
    [-0.0267, -0.0783, 0.0836],
    [-0.0232, -0.0915, 0.0836],
    [-0.0135, -0.1012, 0.0836],
    [-0.0003, -0.1047, 0.0836]],
    [[0.0077, 0.016, -0.0056],
    [0.0077, -0.016, -0.0056],
    [-0.0077, 0.016, -0.0056],
    [-0.0077, -0.016, -0.0056],
    [0.01, 0.014, 0.0111],
    [0.01, -0.014, 0.0111],
    [-0.01, 0.014, 0.0111],
    [-0.01, -0.014, 0.0111],
    [0.0096, 0.0291, 0.0381],
    [0.0096, -0.0291, 0.0381],
    [-0.0096, 0.0291, 0.0381],
    [-0.0096, -0.0291, 0.0381],
    [0.0077, 0.016, -0.0056],
    [0.0077, -0.016, -0.0056],
    [-0.0077, 0.016, -0.0056],
    [-0.0077, -0.016, -0.0056],
    [0.01, 0.014, 0.0111],
    [0.01, -0.014, 0.0111],
    [-0.01, 0.014, 0.0111],
    [-0.01, -0.014, 0.0111],
    [0.0096, 0.0291, 0.0381],
    [0.0096, -0.0291, 0.0381],
    [-0.0096, 0.0291, 0.0381],
    [-0.0096, -0.0291, 0.0381],
    [0.0077, 0.016, -0.0056],
    [0.0077, -0.016, -0.0056],
    [-0.0077, 0.016, -0.0056],
    [-0.0077, -0.016, -0.0056],
    [0.01, 0.014, 0.0111],
    [0.01, -0.014, 0.0111],
    [-0.01, 0.014, 0.0111],
    [-0.01, -0.014, 0.0111],
    [0.0096, 0.0291, 0.0381],
    [0.0096, -0.0291, 0.0381],
    [-0.0096, 0.0291, 0.0381],
    [-0.0096, -0.0291, 0.0381],
    [0.0077, 0.016, -0.0056],
    [0.0077, -0.016, -0.0056],
    [-0.0077, 0.016, -0.0056],
    [-0.0077, -0.016, -0.0056],
    [0.01, 0.014, 0.0111],
    [0.01, -0.014, 0.0111],
    [-0.01, 0.014, 0.0111],
    [-0.01, -0.014, 0.0111],
    [0.0096, 0.0291, 0.0381],
    [0.0096, -0.0291, 0.0381],
    [-0.0096, 0.0291, 0.0381],
    [-0.0096, -0.0291, 0.0381],
    [0.0077, 0.016, -0.0056],
    [0.0077, -0.016, -0.0056],
    [-0.0077, 0.016, -0.0056],
    [-0.0077, -0.016, -0.0056],
    [0.01, 0.014, 0.0111],
    [0.01, -0.014, 0.0111],
    [-0.01, 0.014, 0.0111],
    [-0.01, -0.014, 0.0111],
    [0.0096, 0.0291, 0.0381],
    [0.0096, -0.0291, 0.0381],
    [-0.0096, 0.0291, 0.0381],
    [-0.0096, -0.0291, 0.0381],
    [0.0077, 0.016, -0.0056],
    [0.0077, -0.016, -0.0056],
    [-0.0077, 0.016, -0.0056],
    [-0.0077, -0.016, -0.0056]],
    [[0.0133, 0.0783, 0.0386],
    [0.0116, 0.0848, 0.0386],
    [0.0068, 0.0896, 0.0386],
    [0.0003, 0.0913, 0.0386],
    [0.0133, -0.0783, 0.0386],
    [0.0116, -0.0848, 0.0386],
    [0.0068, -0.0896, 0.0386],
    [0.0003, -0.0913, 0.0386],
    [-0.0133, 0.0783, 0.0386],
    [-0.0116, 0.0848, 0.0386],
    [-0.0068, 0.0896, 0.0386],
    [-0.0003, 0.0913, 0.0386],
    [-0.0133, -0.0783, 0.0386],
    [-0.0116, -0.0848, 0.0386],
    [-0.0068, -0.0896, 0.0386],
    [-0.0003, -0.0913, 0.0386],
    [0.0227, 0.0783, 0.0426],
    [0.0197, 0.0895, 0.0426],
    [0.0115, 0.0977, 0.0426],
    [0.0003, 0.1007, 0.0426],
    [0.0227, -0.0783, 0.0426],
    [0.0197, -0.0895, 0.0426],
    [0.0115, -0.0977, 0.0426],
    [0.0003, -0.1007, 0.0426],
    [-0.0227, 0.0783, 0.0426],
    [-0.0197, 0.0895, 0.0426],
    [-0.0115, 0.0977, 0.0426],
    [-0.0003, 0.1007, 0.0426],
    [-0.0227, -0.0783, 0.0426],
    [-0.0197, -0.0895, 0.0426],
    [-0.0115, -0.0977, 0.0426],
    [-0.0003, -0.1007, 0.0426],
    [0.0267, 0.0783, 0.052],
    [0.0232, 0.0915, 0.052],
    [0.0135, 0.1012, 0.052],
    [0.0003, 0.1047, 0.052],
    [0.0267, -0.0783, 0.052],
    [0.0232, -0.0915, 0.052],
    [0.0135, -0.1012, 0.052],
    [0.0003, -0.1047, 0.052],
    [-0.0267, 0.0783, 0.052],
    [-0.0232, 0.0915, 0.052],
    [-0.0135, 0.1012, 0.052],
    [-0.0003, 0.1047, 0.052],
    [-0.0267, -0.0783, 0.052],
    [-0.0232, -0.0915, 0.052],
    [-0.0135, -0.1012, 0.052],
    [-0.0003, -0.1047, 0.052],
    [0.0267, 0.0783, 0.0836],
    [0.0232, 0.0915, 0.0836],
    [0.0135, 0.1012, 0.0836],
    [0.0003, 0.1047, 0.0836],
    [0.0267, -0.0783, 0.0836],
    [0.0232, -0.0915, 0.0836],
    [0.0135, -0.1012, 0.0836],
    [0.0003, -0.1047, 0.0836],
    [-0.0267, 0.0783, 0.0836],
    [-0.0232, 0.0915, 0.0836],
    [-0.0135, 0.1012, 0.0836],
    [-0.0003, 0.1047, 0.0836],
    [-0.0267, -0.0783, 0.0836],
    [-0.0232, -0.0915, 0.0836],
    [-0.0135, -0.1012, 0.0836],
    [-0.0003, -0.1047, 0.0836]],
    [[0.0077, 0.016, -0.0056],
    [0.0077, -0.016, -0.0056],
    [-0.0077, 0.016, -0.0056],
    [-0.0077, -0.016, -0.0056],
    [0.01, 0.014, 0.0111],
    [0.01, -0.014, 0.0111],
    [-0.01, 0.014, 0.0111],
    [-0.01, -0.014, 0.0111],
    [0.0096, 0.0291, 0.0381],
    [0.0096, -0.0291, 0.0381],
    [-0.0096, 0.0291, 0.0381],
    [-0.0096, -0.0291, 0.0381],
    [0.0077, 0.016, -0.0056],
    [0.0077, -0.016, -0.0056],
    [-0.0077, 0.016, -0.0056],
    [-0.0077, -0.016, -0.0056],
    [0.01, 0.014, 0.0111],
    [0.01, -0.014, 0.0111],
    [-0.01, 0.014, 0.0111],
    [-0.01, -0.014, 0.0111],
    [0.0096, 0.0291, 0.0381],
    [0.0096, -0.0291, 0.0381],
    [-0.0096, 0.0291, 0.0381],
    [-0.0096, -0.0291, 0.0381],
    [0.0077, 0.016, -0.0056],
    [0.0077, -0.016, -0.0056],
    [-0.0077, 0.016, -0.0056],
    [-0.0077, -0.016, -0.0056],
    [0.01, 0.014, 0.0111],
    [0.01, -0.014, 0.0111],
    [-0.01, 0.014, 0.0111],
    [-0.01, -0.014, 0.0111],
    [0.0096, 0.0291, 0.0381],
    [0.0096, -0.0291, 0.0381],
    [-0.0096, 0.0291, 0.0381],
    [-0.0096, -0.0291, 0.0381],
    [0.0077, 0.016, -0.0056],
    [0.0077, -0.016, -0.0056],
    [-0.0077, 0.016, -0.0056],
    [-0.0077, -0.016, -0.0056],
    [0.01, 0.014, 0.0111],
    [0.01, -0.014, 0.0111],
    [-0.01, 0.014, 0.0111],
    [-0.01, -0.014, 0.0111],
    [0.0096, 0.0291, 0.0381],
    [0.0096, -0.0291, 0.0381],
    [-0.0096, 0.0291, 0.0381],
    [-0.0096, -0.0291, 0.0381],
    [0.0077, 0.016, -0.0056],
    [0.0077, -0.016, -0.0056],
    [-0.0077, 0.016, -0.0056],
    [-0.0077, -0.016, -0.0056],
    [0.01, 0.014, 0.0111],
    [0.01, -0.014, 0.0111],
    [-0.01, 0.014, 0.0111],
    [-0.01, -0.014, 0.0111],
    [0.0096, 0.0291, 0.0381],
    [0.0096, -0.0291, 0.0381],
    [-0.0096, 0.0291, 0.0381],
    [-0.0096, -0.0291, 0.0381],
    [0.0077, 0.016, -0.0056],
    [0.0077, -0.016, -0.0056],
    [-0.0077, 0.016, -0.0056],
    [-0.0077, -0.016, -0.0056]]])
PLACES = np.array([[[0.320432, 0.320432, 0.311309]],
    [[0.320432, 0.320432, 0.311309]],
    [[0.320432, -0.320432, 0.311309]],
    [[0.320432, -0.320432, 0.311309]]])
AXES = np.array([[[-0.707107, 0.298836, -0.640856],
    [0.707107, 0.298836, -0.640856],
    [0.0, -0.906308, -0.422618]],
    [[-0.707107, 0.298836, -0.640856],
    [0.707107, 0.298836, -0.640856],
    [0.0, -0.906308, -0.422618]],
    [[0.707107, 0.298836, -0.640856],
    [0.707107, -0.298836, 0.640856],
    [0.0, -0.906308, -0.422618]],
    [[0.707107, 0.298836, -0.640856],
    [0.707107, -0.298836, 0.640856],
    [0.0, -0.906308, -0.422618]]])
TURNS = np.array([[0.99995, 0.978785, 0.920007, 0.825872, 0.7, 0.547228, 0.373426, 0.185273, -0.01, -0.204888, -0.391903, -0.563857, -0.714142, -0.836984, -0.92766, -0.982687, -0.99995, -0.978785, -0.920007, -0.825872, -0.7, -0.547228, -0.373426, -0.185273, 0.01, 0.204888, 0.391903, 0.563857, 0.714142, 0.836984, 0.92766, 0.982687],
    [0.01, 0.204888, 0.391903, 0.563857, 0.714142, 0.836984, 0.92766, 0.982687, 0.99995, 0.978785, 0.920007, 0.825872, 0.7, 0.547228, 0.373426, 0.185273, -0.01, -0.204888, -0.391903, -0.563857, -0.714142, -0.836984, -0.92766, -0.982687, -0.99995, -0.978785, -0.920007, -0.825872, -0.7, -0.547228, -0.373426, -0.185273]])
GROUPS = np.array([[0], [1], [2], [3]])
NEXT = np.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 0])
BODY = np.array([[1.0, 0.0, 0.0, 0.0267], [-1.0, 0.0, 0.0, 0.0267], [0.0, 1.0, 0.0, 0.1040], [0.0, -1.0, 0.0, 0.1040], [0.0, 0.0, 1.0, 0.1000], [0.0, 0.0, -1.0, -0.0386],
    [0.6, 0.8, 0.0, 0.0850], [-0.6, 0.8, 0.0, 0.0850], [0.6, -0.8, 0.0, 0.0850], [-0.6, -0.8, 0.0, 0.0850]])
FINGERS = np.array([[1.0, 0.0, 0.0, 0.0095], [-1.0, 0.0, 0.0, 0.0095], [0.0, 1.0, -0.31, 0.0162], [0.0, -1.0, -0.31, 0.0162], [0.0, 0.0, 1.0, 0.0400], [0.0, 0.0, -1.0, 0.0056]])


def outlines(place, nbody, nfinger):
    """The hand's outline as both cameras see it: relative points, normals, camera and whether on the body, one row each."""
    rel = SOLIDS + place - PLACES
    uvz = rel @ AXES
    z = np.maximum(uvz[:, :, 2:], 0.05)
    uv = uvz[:, :, :2] / z
    far = (uv @ TURNS).argmax(axis=1)
    uv = uv[GROUPS, far]
    corner = SOLIDS[GROUPS, far]
    nxt = far[:, NEXT]
    step = uv[:, NEXT] - uv
    nxt = corner[:, NEXT]
    length = np.sqrt((step * step).sum(axis=2))
    safe = np.maximum(length, 1e-9)[:, :, None]
    # along the outline the outside lies to one side; what looks upwards borders on the rest of the arm
    nrm = np.stack((step[:, :, 1], -step[:, :, 0]), 2) / safe
    used = np.where((length > 1e-6) & (nrm[:, :, 1] > -0.35), length, 0.0)
    ends = used.ravel().cumsum()
    total = used.sum(axis=1)
    start = total.cumsum() - total
    counts = (nbody, nfinger, nbody, nfinger)
    at = np.concatenate([(np.arange(c) + 0.5) * (t / c) + b for c, t, b in zip(counts, total.tolist(), start.tolist())])
    j = np.minimum(ends.searchsorted(at), 127)
    f = np.clip((at - (ends[j] - used.ravel()[j])) / safe.ravel()[j], 0.0, 1.0)[:, None]
    corner = corner.reshape(-1, 3)[j]
    pts = corner + (nxt.reshape(-1, 3)[j] - corner) * f
    # neither the top of the body nor the fingers within it
    keep = pts[:, 2] < np.repeat(np.array([0.080, 0.034, 0.080, 0.034]), counts)
    cam = np.repeat(np.array([0, 0, 1, 1]), counts)[keep]
    return pts[keep], nrm.reshape(-1, 2)[j][keep], cam


def sampler(place, offsets):
    """For each view, indices into the green channel, [candidates, samples], within the hand's edge and outside."""
    out = []
    points, normals, cams = outlines(place, 22, 10)
    for k in (0, 1):
        cam = CAMS[k]
        pts = points[cams == k]
        nrm = normals[cams == k]
        step = nrm[:, :1] * cam[1] + nrm[:, 1:] * cam[2]
        o = offsets @ cam[1:].T
        for sign in (-0.008, 0.010):
            q = (pts + step * sign + place - cam[0]) @ cam[1:].T
            scale = FOCAL / np.maximum(q[:, 2] + o[:, 2:], 0.05)
            col = (112.5 + scale * (q[:, 0] + o[:, :1])).astype(np.int64)
            row = (111.5 + scale * (q[:, 1] + o[:, 1:2])).astype(np.int64)
            ok = (col >= 0) & (col < SIZE) & (row >= 0) & (row < SIZE)
            # what lies outside of the picture looks at its last pixel, and counts for nothing
            out.append((np.where(ok, (row * 448 + col + SIZE * k) * 3 + 1, 0), ok, 1.0 / np.maximum(ok.sum(axis=1), 6)))
    return offsets, out


def is_arm(green):
    return (green > 133) & (green < 251) & ((green < 222) | (green > 232))


def grid(radius, spacing):
    n = int(radius / spacing) + 1
    line = np.arange(-n, n + 1) * spacing
    x, y, z = np.meshgrid(line, line, line)
    pts = np.stack((x.ravel(), y.ravel(), z.ravel()), 1)
    return pts[np.sqrt((pts * pts).sum(1)) <= radius]


def solve3(a, b):
    (p, q, r), (q2, s, t), (r2, t2, w) = a
    m00 = s * w - t * t2
    m01 = q2 * w - t * r2
    m02 = q2 * t2 - s * r2
    det = p * m00 - q * m01 + r * m02
    if abs(det) < 1e-12:
        return (0.0, 0.0, 0.0)
    x, y, z = b
    dx = x * m00 - q * (y * w - t * z) + r * (y * t2 - s * z)
    dy = p * (y * w - t * z) - x * m01 + r * (q2 * z - y * r2)
    dz = p * (s * z - y * t2) - q * (q2 * z - y * r2) + x * m02
    return (dx / det, dy / det, dz / det)


def lines(place, nbody, nfinger):
    """The outline with what it takes to place it on the picture."""
    pts, nrm, k = outlines(place, nbody, nfinger)
    cams = CAMS[k]
    return pts - cams[:, 0], nrm[:, :1], nrm[:, 1:], cams[:, 1], cams[:, 2], cams[:, 3], (1 + 672 * k)[:, None], int((k == 0).sum())


def refine(flat, place, outline, reach, pace, again, scale):
    """Moves the hand's outline onto the edges of the arm in both views."""
    rel, nu, nv, right, down, ahead, first, n = outline
    off = np.arange(-reach, reach + 0.01, pace)
    mids = off[:-1] + 0.5 * pace
    far = np.abs(mids)
    ranks = np.arange(len(rel))
    damp = 2000.0 if reach > 5 else 1.0
    for turn in range(again):
        q = rel + place
        z = np.maximum((q * ahead).sum(axis=1), 0.05)
        x = (q * right).sum(axis=1) / z
        y = (q * down).sum(axis=1) / z
        col = np.floor((112.5 + FOCAL * x)[:, None] + nu * off)
        row = np.floor((111.5 + FOCAL * y)[:, None] + nv * off)
        ok = (col >= 0) & (col < SIZE) & (row >= 0) & (row < SIZE)
        green = flat[((row * 448 + col) * 3 * ok).astype(np.int64) + first]
        arm = is_arm(green)
        free = (green > 30) & ~arm & ok
        arm &= ok
        gap = np.where(arm[:, :-1] & free[:, 1:], far, 99.0)
        best = gap.argmin(axis=1)
        res = mids[best]
        near = gap[ranks, best]
        # change of the distance along the normal by a move of the hand
        jac = nu * right + nv * down - ahead * (nu[:, 0] * x + nv[:, 0] * y)[:, None]
        jac = jac * (FOCAL / z)[:, None]
        w = (near < 50) / (1.0 + (res / scale) ** 2)
        jw = jac.T * w
        (p, s, t), (a, d, e), (b, c, f) = (jw @ jac).tolist()
        move = solve3(((p + damp, s, t), (a, d + damp, e), (b, c, f + damp)), (jw @ res).tolist())
        place = place + np.array([min(max(m, -0.03), 0.03) for m in move])
    # the share of the outline that could be seen, and is where it should be
    seen = free.any(axis=1)
    hits = near < 1.7
    return place, int(hits.sum()) / max(int(seen.sum()), 1), min(int(hits[:n].sum()), int(hits[n:].sum()))


def settle(flat, place, rough, ball):
    """The hand's place, how much of its outline is there, and a mark for the choice between places, both from 0 to 1."""
    place, share, least = refine(flat, place, rough, 10.0, 1.0, 2, 3.0)
    mark = share * min(least / 36.0, 1.0)
    if share < 0.35 or least < 5:
        return place, 0.0, 0.3 * mark
    if ball is not None and share > 0.75 and least >= 28:
        # clearly far or near: no need to look closer
        gap = place - ball
        gap = float((gap * gap).sum())
        if gap > 0.058 * 0.058 or gap < 0.042 * 0.042:
            return place, 1.0, 1.0
    place, share, least = refine(flat, place, lines(place, 60, 36), 4.0, 0.5, 2, 1.2)
    if share > 0.66 and least >= 36:
        share = max(share, FITS)
    return place, share if least >= 12 else 0.0, share * min(least / 40.0, 1.0)


def edges(frame, k):
    """Places (u, v) on the rim of the ball in one view, and whether no arm is beside each."""
    part = frame[:SIZE, SIZE * k:SIZE * k + SIZE]
    green = part[:, :, 1]
    mask = (green < 60) & (part[:, :, 0] > 85) & (part[:, :, 2] > 85)
    rows = mask.any(axis=1).nonzero()[0]
    if len(rows) == 0:
        return np.zeros((0, 2)), np.zeros(0, bool), 0
    cols = mask.any(axis=0).nonzero()[0]
    top = max(int(rows[0]) - 1, 0)
    left = max(int(cols[0]) - 1, 0)
    m = mask[top:int(rows[-1]) + 2, left:int(cols[-1]) + 2]
    arm = is_arm(green[top:int(rows[-1]) + 2, left:int(cols[-1]) + 2])
    area = int(m.sum())
    high = int(rows[-1] - rows[0]) + 1
    wide = int(cols[-1] - cols[0]) + 1
    whole = area > 0.94 * 0.785398 * high * wide and abs(high - wide) <= 2
    out = []
    clear = []
    for one, two, dr, dc in ((m[:-1], m[1:], 0.5, 0.0), (m[:, :-1], m[:, 1:], 0.0, 0.5)):
        r, c = (one != two).nonzero()
        out.append(np.stack((c + left + dc, r + top + 1.0 + dr), 1))
        if dr:
            beside = arm[r, c] | arm[r + 1, c]
        else:
            beside = arm[r, c] | arm[r, c + 1]
        clear.append(~beside)
    pts = np.concatenate(out)
    good = np.concatenate(clear)
    if whole:
        good = np.ones(len(pts), bool)
    return pts, good, area


def rays(pts, k):
    cam = CAMS[k]
    q = cam[3] + cam[1] * ((pts[:, :1] - 112.0) / FOCAL) + cam[2] * ((pts[:, 1:] - 112.0) / FOCAL)
    return q / np.sqrt((q * q).sum(1))[:, None]


def find_ball(frames):
    """The ball's middle in space from its rim in the views of one or two frames, and how well it was seen."""
    sets = []
    for k in (0, 1):
        pts = []
        spare = []
        area = 0
        for frame in frames:
            p, good, n = edges(frame, k)
            area = max(area, n)
            pts.append(p[good])
            spare.append(p)
        pts = np.concatenate(pts)
        clear = len(pts)
        if len(pts) < 5:
            pts = np.concatenate(spare)
            area = 0.3 * area
        if len(pts) == 0:
            area = 0
        sets.append((rays(pts, k), pts, area, len(pts), clear))
    first = 0 if sets[0][2] >= sets[1][2] else 1
    if sets[first][2] < 1:
        return None, 0
    q, pts, area, n, clear = sets[first]
    cam = CAMS[first]
    middle = (pts.min(axis=0) + pts.max(axis=0))[None] * 0.5
    axis = rays(middle, first)[0]
    width = max(float((pts.max(axis=0) - pts.min(axis=0)).max()), 2.0)
    ball = cam[0] + axis * min(FOCAL * 2.0 * RADIUS / width, 0.9)
    other = sets[1 - first]
    if other[3] > 0:
        mid2 = (other[1].min(axis=0) + other[1].max(axis=0))[None] * 0.5
        axis2 = rays(mid2, 1 - first)[0]
        gap = CAMS[1 - first][0] - cam[0]
        c = float((axis * axis2).sum())
        t = (float((gap * axis).sum()) - c * float((gap * axis2).sum())) / max(1.0 - c * c, 1e-6)
        ball = cam[0] + axis * min(max(t, 0.1), 1.2)
    for scale in (0.01, 0.004, 0.002, 0.0012, 0.001, 0.001, 0.001, 0.001):
        a = np.eye(3) * 1e-3
        b = np.zeros(3)
        for k in (0, 1):
            q = sets[k][0]
            if len(q) == 0 or (sets[k][4] < 5 and sets[1 - k][4] >= 30):
                continue
            rel = ball - CAMS[k][0]
            along = (q @ rel)[:, None]
            side = rel - q * along
            dist = np.maximum(np.sqrt((side * side).sum(1)), 1e-6)
            res = dist - RADIUS
            jac = side / dist[:, None]
            w = 1.0 / (1.0 + (res / scale) ** 2)
            jw = jac * w[:, None]
            a += jw.T @ jac
            b -= jw.T @ res
        ball = ball + np.clip(np.array(solve3(a.tolist(), b.tolist())), -0.05, 0.05)
    # the rim must be seen from both sides, or nearly the whole of it from one
    least = min(sets[0][4], sets[1][4])
    most = max(sets[0][4], sets[1][4])
    return ball, least if least >= 12 else 23 if most >= 30 else 0


def scores(flat, table):
    """How well the hand fits at each candidate, 0 to 2: the worse of its two views."""
    out = []
    for index, ok, per in table[1]:
        out.append((is_arm(flat[index]) & ok).sum(axis=1) * per)
        if len(out) == 2 or len(out) == 4:
            out[-1] = ok.sum(axis=1) * per - out[-1]
    return np.minimum(out[0] + out[1], out[2] + out[3])


def search(flat, middle, table, rough, tries, ball):
    """The hand's place near a point, and how well it fits there."""
    score = scores(flat, table)
    offsets = table[0]
    place = middle
    share = 0.0
    most = 0.0
    for turn in range(tries):
        best = int(score.argmax())
        if score[best] < LOWEST:
            break
        start = offsets[best]
        where, fit, mark = settle(flat, middle + start, rough, ball)
        if mark > most:
            place, share, most = where, fit, mark
        if most > 0.66:
            break
        score = np.where(np.abs(offsets - start).max(axis=1) < 0.02, 0.0, score)
    return place, share, most


def perceive(frame):
    return frame


def right_size(frame):
    return frame.shape[0] == SIZE and frame.shape[1] == 2 * SIZE


def behind(eye, points, hand, planes):
    """Whether a solid of the hand stands between the eye and each point."""
    normals = planes[:, :3].T
    start = (eye - hand) @ normals - planes[:, 3]
    end = (points - hand) @ normals - planes[:, 3]
    run = end - start
    safe = np.where(np.abs(run) < 1e-9, 1e-9, run)
    at = -start / safe
    enter = np.where(run < 0, at, -1e9).max(axis=-1)
    leave = np.where(run > 0, at, 1e9).min(axis=-1)
    outside = ((np.abs(run) < 1e-9) & (start > 0)).any(axis=-1)
    return (enter < np.minimum(leave, 1.0)) & ~outside


def is_ball(part):
    return (part[:, :, 1] < 60) & (part[:, :, 0] > 85) & (part[:, :, 2] > 85)


def unlike(balls, sights):
    """How badly each place of the ball agrees with what is seen of it and what hides it."""
    turns = np.arange(8) * 0.785398
    cosine = np.concatenate((0.92 * np.cos(turns), 0.5 * np.cos(turns), np.zeros(1)))
    sine = np.concatenate((0.92 * np.sin(turns), 0.5 * np.sin(turns), np.zeros(1)))
    front = np.sqrt(1.0 - cosine * cosine - sine * sine)
    cost = np.zeros(len(balls))
    for frame, hand in sights:
        for k in (0, 1):
            cam = CAMS[k]
            part = frame[:, SIZE * k:SIZE * k + SIZE]
            ball = is_ball(part)
            arm = is_arm(part[:, :, 1])
            axis = balls - cam[0]
            axis = axis / np.sqrt((axis * axis).sum(axis=1))[:, None]
            right = cam[1] - axis * (axis @ cam[1])[:, None]
            down = cam[2] - axis * (axis @ cam[2])[:, None]
            pts = balls[:, None] + RADIUS * (right[:, None] * cosine[:, None] + down[:, None] * sine[:, None] - axis[:, None] * front[:, None])
            rel = (pts - cam[0]) @ cam[1:].T
            z = np.maximum(rel[:, :, 2], 0.05)
            col = np.floor(112.5 + FOCAL * rel[:, :, 0] / z)
            row = np.floor(111.5 + FOCAL * rel[:, :, 1] / z)
            ok = (col >= 0) & (col < SIZE) & (row >= 0) & (row < SIZE)
            row = np.where(ok, row, 0).astype(np.int64)
            col = np.where(ok, col, 0).astype(np.int64)
            shown = ball[row, col]
            grey = arm[row, col]
            hidden = behind(cam[0], pts, hand, BODY) | behind(cam[0], pts, hand, FINGERS)
            # above the hand the rest of the arm may hide the ball
            above = pts[:, :, 2] > hand[2] + 0.085
            cost += (ok & ~shown & ~grey).sum(axis=1) + 0.7 * (ok & shown & hidden).sum(axis=1)
            cost += (ok & grey & ~hidden & ~above).sum(axis=1) + 0.3 * (ok & grey & ~hidden & above).sum(axis=1)
            # what is seen of the ball lies within it
            r, c = ball.nonzero()
            if len(r) > 0:
                step = len(r) // 24 + 1
                q = rays(np.stack((c[::step], r[::step] + 1.0), 1), k)
                gap = balls - cam[0]
                along = gap @ q.T
                side = np.sqrt(np.maximum((gap * gap).sum(axis=1)[:, None] - along * along, 0.0))
                cost += (np.maximum(side - RADIUS - 0.0005, 0.0) / 0.0015).clip(0.0, 4.0).sum(axis=1)
    return cost


def guess_ball(sights):
    """Where the ball may be, of which little or nothing is seen, or None."""
    x, y, z = np.meshgrid(np.arange(-0.168, 0.17, 0.012), np.arange(-0.168, 0.17, 0.012), np.arange(0.0, 0.325, 0.012))
    balls = np.stack((x.ravel(), y.ravel(), z.ravel()), 1)
    for frame, hand in sights:
        for k in (0, 1):
            cam = CAMS[k]
            rel = (balls - cam[0]) @ cam[1:].T
            deep = np.maximum(rel[:, 2], 0.05)
            u = 112.0 + FOCAL * rel[:, 0] / deep
            v = 112.0 + FOCAL * rel[:, 1] / deep
            part = frame[:, SIZE * k:SIZE * k + SIZE]
            ball = is_ball(part)
            col = np.clip(u + 0.5, 0, SIZE - 1).astype(np.int64)
            row = np.clip(v - 0.5, 0, SIZE - 1).astype(np.int64)
            maybe = ball | is_arm(part[:, :, 1])
            maybe = ndimage.binary_dilation(maybe, iterations=2)
            keep = maybe[row, col] | (u < 0) | (u >= SIZE) | (v < 1) | (v >= SIZE)
            r, c = ball.nonzero()
            if len(r) > 0:
                room = FOCAL * (RADIUS + 0.012) / deep
                keep &= np.maximum(np.maximum(np.abs(u - c.min()), np.abs(u - c.max())), np.maximum(np.abs(v - 1.0 - r.min()), np.abs(v - 1.0 - r.max()))) < room
            balls = balls[keep]
    if len(balls) == 0:
        return None
    if len(balls) > 3000:
        balls = balls[::len(balls) // 3000 + 1]
    cost = unlike(balls, sights)
    balls = balls[cost.argsort()[:40]]
    fine = np.arange(-1, 2) * 0.004
    x, y, z = np.meshgrid(fine, fine, fine)
    around = np.stack((x.ravel(), y.ravel(), z.ravel()), 1)
    balls = (balls[:, None] + around).reshape(-1, 3)
    cost = unlike(balls, sights)
    weight = np.exp(cost.min() - cost)
    hand = sights[-1][1]
    near = np.sqrt(((balls - hand) ** 2).sum(axis=1)) < REACH
    # the likelier side of the goal's threshold
    if weight[near].sum() >= 0.5 * weight.sum():
        weight = weight * near
    else:
        weight = weight * ~near
    return (balls * weight[:, None]).sum(axis=0) / weight.sum()


def perceive_initial(frame):
    if not right_size(frame):
        return None
    ball, seen = find_ball((frame,))
    if seen == 23 and float(unlike(ball[None], ((frame, HOME),))[0]) > 3.0:
        seen = 0
    if seen == 0:
        ball = guess_ball(((frame, HOME),))
    if ball is None:
        return frame, None, 0, None, None
    return frame, ball, seen, sampler(ball, grid(0.061, 0.018)), lines(ball, 40, 24)


def measured(now, initial, quick):
    """The ball's place, the hand's, and how well the hand fits there, or None."""
    if initial is None or not right_size(now):
        return None
    first, ball, seen, table, rough = initial
    flat = now.reshape(-1)
    if seen == 0:
        # the hand hides the ball at first, but may have left it since
        other, seen = find_ball((first, now))
        if seen > 0 and float(unlike(other[None], ((first, HOME),))[0]) > 3.0:
            seen = 0
        if seen > 0:
            ball = other
        if ball is None:
            return None
        table = sampler(ball, grid(0.061, 0.018))
        rough = lines(ball, 40, 24)
        hand, share, mark = search(flat, ball, table, rough, 3, None)
        if seen == 0 and share >= FITS:
            guess = guess_ball(((first, HOME), (now, hand)))
            if guess is not None:
                ball = guess
        return ball, hand, share
    hand, share, mark = search(flat, ball, table, rough, 2, ball if quick else None)
    if share > 0 and seen < 24:
        ball = find_ball((first, now))[0]
    return ball, hand, share


def tip_at_ball(now, initial):
    found = measured(now, initial, True)
    if found is None or found[2] < FITS:
        return False
    gap = found[1] - found[0]
    return bool((gap * gap).sum() < REACH * REACH)


def tip_at_ball_progress(now, initial):
    if tip_at_ball(now, initial):
        return 1.0
    found = measured(now, initial, False)
    if found is None:
        return 0.0
    ball, hand, share = found
    gap = float(np.sqrt(((hand - ball) ** 2).sum()))
    if share < FITS:
        # the hand is not near the ball: look for it from its first place on
        flat = now.reshape(-1)
        x, y, z = np.meshgrid(np.array([-0.20, -0.08, 0.04, 0.16, 0.28]), np.array([-0.28, -0.14, 0.0, 0.14, 0.28]), np.array([0.06, 0.2, 0.34]))
        places = np.stack((x.ravel(), y.ravel(), z.ravel()), 1)
        way = np.sqrt(((places - HOME) ** 2).sum(1)) + np.sqrt(((places - ball) ** 2).sum(1))
        around = grid(0.115, 0.023)
        around = around[np.abs(around).max(axis=1) < 0.075]
        most = 0.0
        for i in way.argsort().tolist():
            middle = places[i]
            where, fit, mark = search(flat, middle, sampler(middle, around), lines(middle, 40, 24), 3, None)
            if mark > most:
                hand, most = where, mark
            if most > 0.66:
                break
        if most < 0.3:
            return 0.0
        gap = float(np.sqrt(((hand - ball) ** 2).sum()))
    start = max(float(np.sqrt(((HOME - ball) ** 2).sum())), 0.1)
    if gap > start:
        return 0.1 * float(np.exp((start - gap) / 0.1))
    return min(1.0 - 0.9 * (gap - REACH) / (start - REACH), 0.99)


SUBTASKS = [tip_at_ball]
