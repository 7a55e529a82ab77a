"""All photographs of a product's views, as OpenEXR files in a work folder. What exists there is not taken again.

A view's folder holds `plan.json` (read by photography/plates.py) and one file for each render:

black      all parts black, the whole picture, with the channels of parts and panels;
parts-N    three parts, one in each channel, each as bright as `weights` says, the others black;
mixed-N    mirrors and what they reflect, each as bright as chance would have it, and another in every channel;
mixed-<part>-<finish>   the same with a part in a finish that is seen in mirrors otherwise, metal or not;
finish-N   one or two parts in another finish, in red and green; blue stays black;
panels     every panel covered with its ink, in red; green and blue stay black.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import bpy
import numpy as np
from bpy_extras.object_utils import world_to_camera_view

from configurator.pictures.tone import linear
from photography.product import Product, Shot
from photography.render import Box, Quality, render
from photography.scene import Ink, Paint, set_scene
from photography.textures import Textures

log = logging.getLogger("photography")

SIZE = 1200
BLACK_QUALITY = Quality(SIZE, 28, 0.03)
QUALITY = Quality(SIZE, 24, 0.03)
SEED = 7
ALIGNED = 6  # pixels: the picture's smaller sizes are 2/3 and 1/2 of SIZE
WEIGHT = 0.5
METAL_WEIGHT = 0.8
MIXED = 4
DARKEST, BRIGHTEST = 0.15, 0.95
CHANNELS = 3
FINISHES_AT_ONCE = 2


@dataclass(frozen=True)
class Job:
    """One render, and what its channels hold."""

    name: str
    paint: Paint
    channels: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    finishes: Mapping[str, str] = field(default_factory=dict)
    colours: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


def bake_shot(product: Product, shot: Shot, work: Path, lock: Path | None) -> Path:
    """Take every photograph of a view that is missing; the view's work folder."""
    folder = work / product.slug / shot.id
    folder.mkdir(parents=True, exist_ok=True)
    textures = Textures(work / "textures" / product.slug, product.textures)
    jobs = list(jobs_of(product))
    box = seen_box(set_scene(product, shot, jobs[0].paint, textures), shot.margin)
    # Written anew even when nothing is missing: what is made of the renders may have changed.
    _write_plan(folder / "plan.json", product, jobs, box)
    for job in jobs:
        file = folder / f"{job.name}.exr"
        if file.exists():
            continue
        set_scene(product, shot, job.paint, textures)
        black = job.name == "black"
        log.info("%s %s %s", product.slug, shot.id, job.name)
        render(file, BLACK_QUALITY if black else QUALITY, None if black else box, lock)
    return folder


def jobs_of(product: Product) -> Iterator[Job]:
    """What has to be rendered for one view."""
    yield Job("black", Paint(measured=True))
    for number in range(0, len(product.parts), CHANNELS):
        parts = product.parts[number : number + CHANNELS]
        weights = tuple(weight_of(product, part) for part in parts)
        yield Job(f"parts-{number // CHANNELS}", Paint(_coded(parts, weights)), parts, weights)
    if product.mirrors and product.reflected:
        yield from _mixed(product)
    others = [(part, finish) for part, finishes in product.finishes.items() for finish in list(finishes)[1:]]
    for number, group in enumerate(_grouped(others)):
        yield _finish(product, f"finish-{number}", group)
    if product.panels:
        inks = {panel.name: Ink((WEIGHT, 0.0, 0.0)) for panel in product.panels}
        yield Job("panels", Paint(inks=inks), ("ink",), (WEIGHT,))


def is_sharp(product: Product, part: str) -> bool:
    """Whether a part shows others as a mirror does, and not only their light."""
    return part in product.finishes and _is_metal(product, part, product.usual(part))


def unlike(product: Product, part: str) -> list[str]:
    """The finishes that are metal where the usual one is none, or the other way round: in them a part neither shows
    others nor is seen as in the usual one.
    """
    return [
        finish
        for finish in product.finishes.get(part, ())
        if _is_metal(product, part, finish) != _is_metal(product, part, product.usual(part))
    ]


def _is_metal(product: Product, part: str, finish: str) -> bool:
    return product.finishes[part][finish].metallic > 0.5


def weight_of(product: Product, part: str) -> float:
    """How bright a part is painted to be measured: metals bright, so that what they reflect stands out of the noise."""
    return METAL_WEIGHT if _is_metal(product, part, product.usual(part)) else WEIGHT


def _mixed(product: Product) -> Iterator[Job]:
    """Twelve equations for what a pixel of a mirror shows of at most six parts."""
    chance = np.random.default_rng(SEED)
    parts = [part for part in product.parts if part in {*product.mirrors, *product.reflected}]

    def by_chance() -> dict[str, tuple[float, ...]]:
        return {part: tuple(chance.uniform(DARKEST, BRIGHTEST, CHANNELS).round(3).tolist()) for part in parts}

    for number in range(MIXED):
        colours = by_chance()
        yield Job(f"mixed-{number}", Paint(colours), colours=colours)
    for part in product.reflected:
        for finish in unlike(product, part):
            colours, worn = by_chance(), {part: finish}
            yield Job(f"mixed-{part}-{finish}", Paint(colours, worn), finishes=worn, colours=colours)


def _finish(product: Product, name: str, group: list[tuple[str, str]]) -> Job:
    parts = tuple(part for part, _ in group)
    finishes = dict(group)
    weights = tuple(METAL_WEIGHT if _is_metal(product, part, finish) else WEIGHT for part, finish in group)
    return Job(name, Paint(_coded(parts, weights), finishes), parts, weights, finishes)


def _grouped(others: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Finishes of different parts, two at a time."""
    groups: list[list[tuple[str, str]]] = []
    for part, finish in others:
        room = (g for g in groups if len(g) < FINISHES_AT_ONCE and part not in dict(g))
        group = next(room, None)
        if group is None:
            groups.append([(part, finish)])
        else:
            group.append((part, finish))
    return groups


def _coded(parts: tuple[str, ...], weights: tuple[float, ...]) -> dict[str, tuple[float, ...]]:
    return {
        part: tuple(weight if index == channel else 0.0 for channel in range(CHANNELS))
        for index, (part, weight) in enumerate(zip(parts, weights, strict=True))
    }


def seen_box(objects: Mapping[str, bpy.types.Object], margin: float) -> Box:
    """The pixels that the product and `margin` around it take, aligned for the smaller sizes."""
    scene = bpy.context.scene
    scene.render.resolution_x = scene.render.resolution_y = SIZE
    bpy.context.view_layer.update()
    graph = bpy.context.evaluated_depsgraph_get()
    seen = []
    for thing in objects.values():
        mesh = thing.evaluated_get(graph).data
        step = max(1, len(mesh.vertices) // 4000)
        matrix = thing.matrix_world
        seen += [world_to_camera_view(scene, scene.camera, matrix @ v.co)[:2] for v in list(mesh.vertices)[::step]]
    points = np.array(seen)
    points[:, 1] = 1 - points[:, 1]
    cells = SIZE / ALIGNED
    first = np.clip(np.floor((points.min(axis=0) - margin) * cells), 0, cells).astype(int) * ALIGNED
    last = np.clip(np.ceil((points.max(axis=0) + margin) * cells), 0, cells).astype(int) * ALIGNED
    return Box(int(first[0]), int(first[1]), int(last[0] - first[0]), int(last[1] - first[1]))


def _write_plan(file: Path, product: Product, jobs: list[Job], box: Box) -> None:
    plan = {
        "size": SIZE,
        "crop": {"x": box.x, "y": box.y, "width": box.width, "height": box.height},
        "parts": product.covering,
        "hued": {name: linear(colour).tolist() for name, colour in product.painted.items()},
        "mirrors": {
            part: {"is_sharp": is_sharp(product, part), "not_in": unlike(product, part)} for part in product.mirrors
        },
        "reflected": product.reflected,
        "panels": {panel.name: panel.part for panel in product.panels},
        "renders": {
            job.name: {
                "channels": job.channels,
                "weights": job.weights,
                "finishes": dict(job.finishes),
                "colours": dict(job.colours),
            }
            for job in jobs
        },
    }
    file.write_text(json.dumps(plan, indent=1), encoding="utf-8")
