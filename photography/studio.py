"""The studio: a seamless cove, soft boxes, the camera and Cycles' settings. Everything grows with the product's scale.

All lights are neutral: the plates of three parts are photographed in the three channels of one picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Euler, Matrix, Vector

from photography.meshes import MM, arc, chain, grid_faces, make_object
from photography.product import Camera, Pose, Product, Shot
from photography.product import Vector as Vector3

NORMAL_SCALE = 0.13
"""The height in metres for which the lights' places below are given."""
LIGHT = 0.944
"""Calibrated so that a matt card is rendered in its own colour: `python -m photography.calibrate`."""
GROUND = 0.82
GROUND_LIGHT = 1.0
WORLD = 0.10
SENSOR_MM = 36.0


@dataclass(frozen=True)
class SoftBox:
    """A rectangle of light: where it hangs, what it is aimed at, its measures (metres), its power (watts)."""

    place: Vector3
    aim: Vector3
    width: float
    height: float
    power: float


# The key is tall, for a crisp upright highlight on the left; the rim is a strip on the right, from behind.
BOXES = {
    "key": SoftBox((-0.40, -0.30, 0.24), (0, 0, 0.07), 0.15, 0.52, 2.7),
    "rim": SoftBox((0.36, 0.12, 0.20), (0, 0, 0.07), 0.06, 0.44, 2.0),
    "top": SoftBox((0.0, 0.10, 0.70), (0, 0, 0.065), 0.70, 0.45, 3.9),
    "fill": SoftBox((0.55, -0.50, 0.25), (0, 0, 0.065), 0.35, 0.45, 0.55),
}
# These shine on the cove alone.
GROUND_BOXES = {
    "background": SoftBox((0.0, 0.30, 0.75), (0, 0.85, 0.55), 1.6, 0.3, 4.2),
    "floor": SoftBox((0.0, 0.0, 1.1), (0, 0, 0), 1.6, 1.6, 1.0),
}


def empty_scene() -> None:
    """Forget everything."""
    bpy.ops.wm.read_factory_settings(use_empty=True)


def build_studio(product: Product) -> None:
    """Cove and lights around a product."""
    size = product.scale / NORMAL_SCALE
    cove = _cove(size)
    for name, box in BOXES.items():
        _hang(name, box, LIGHT, size)
    only_ground = bpy.data.collections.new("ground")
    only_ground.objects.link(cove)
    for name, box in GROUND_BOXES.items():
        light = _hang(name, box, GROUND_LIGHT, size)
        light.light_linking.receiver_collection = only_ground
        light.visible_glossy = False
    world = bpy.data.worlds.new("studio")
    bpy.context.scene.world = world
    world.use_nodes = True
    background = world.node_tree.nodes["Background"]
    background.inputs[0].default_value = (1, 1, 1, 1)
    background.inputs[1].default_value = WORLD * LIGHT


def _cove(size: float) -> bpy.types.Object:
    floor = [(y, 0) for y in np.linspace(-1.6, 0.42, 11)]
    profile = chain(floor, arc((0.42, 0.5), 0.5, -85, 0, 16), (0.92, 1.2), (0.92, 2.4)) * size / MM
    across = np.array([-2.2, 2.2]) * size / MM
    points = np.concatenate([np.c_[np.full(len(profile), x), profile] for x in across])
    cove = make_object("cove", points, grid_faces(2, len(profile)))
    material = bpy.data.materials.new("cove")
    material.use_nodes = True
    shader = material.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (GROUND, GROUND, GROUND, 1)
    shader.inputs["Roughness"].default_value = 0.85
    shader.inputs["Specular IOR Level"].default_value = 0.15
    cove.data.materials.append(material)
    return cove


def _hang(name: str, box: SoftBox, brightness: float, size: float) -> bpy.types.Object:
    light = bpy.data.lights.new(name, "AREA")
    light.shape = "RECTANGLE"
    light.size, light.size_y = box.width * size, box.height * size
    light.energy = box.power * brightness * size**2
    made = bpy.data.objects.new(name, light)
    made.location = Vector(box.place) * size
    made.rotation_euler = (Vector(box.aim) - Vector(box.place)).to_track_quat("-Z", "Y").to_euler()
    bpy.context.scene.collection.objects.link(made)
    return made


def pose_matrix(pose: Pose) -> Matrix:
    """The pose as a matrix."""
    turn = Euler([math.radians(angle) for angle in pose.turn]).to_matrix().to_4x4()
    return Matrix.Translation(pose.move) @ turn


def place_camera(camera: Camera, near: float = 0.01) -> bpy.types.Object:
    """The scene's camera."""
    data = bpy.data.cameras.new("camera")
    data.lens, data.sensor_width, data.clip_start = camera.lens_mm, SENSOR_MM, near
    made = bpy.data.objects.new("camera", data)
    azimuth, elevation = math.radians(camera.azimuth), math.radians(camera.elevation)
    level = camera.distance * math.cos(elevation)
    offset = (level * math.sin(azimuth), -level * math.cos(azimuth), camera.distance * math.sin(elevation))
    made.location = Vector(camera.target) + Vector(offset)
    made.rotation_euler = (Vector(camera.target) - made.location).to_track_quat("-Z", "Y").to_euler()
    bpy.context.scene.collection.objects.link(made)
    bpy.context.scene.camera = made
    if camera.aperture:
        data.dof.use_dof = True
        data.dof.aperture_fstop = camera.aperture
        looking = (Vector(camera.target) - made.location).normalized()
        data.dof.focus_distance = (Vector(camera.focus or camera.target) - made.location).dot(looking)
    return made


def set_up_cycles(size: int, samples: int, noise: float) -> None:
    """Square pictures of `size` pixels, denoised, as Khronos PBR Neutral shows them."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    cycles = scene.cycles
    cycles.device, cycles.samples = "CPU", samples
    cycles.use_adaptive_sampling, cycles.adaptive_threshold = noise > 0, noise or 0.01
    cycles.use_denoising, cycles.denoiser = True, "OPENIMAGEDENOISE"
    cycles.denoising_input_passes, cycles.denoising_prefilter = "RGB_ALBEDO_NORMAL", "ACCURATE"
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 8, 4, 4
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 4
    cycles.pixel_filter_type, cycles.filter_width = "BLACKMAN_HARRIS", 1.5
    scene.render.resolution_x = scene.render.resolution_y = size
    scene.render.resolution_percentage = 100
    scene.render.film_transparent = False
    scene.render.dither_intensity = 0
    scene.view_settings.view_transform, scene.view_settings.look = "Khronos PBR Neutral", "None"


def aim(product: Product, shot: Shot) -> None:
    """Pose everything but the studio, and place the shot's camera."""
    matrix = pose_matrix(shot.pose)
    for made in bpy.context.scene.objects:
        if made.type not in ("LIGHT", "CAMERA") and made.name != "cove" and made.parent is None:
            made.matrix_world = matrix @ made.matrix_world
    place_camera(shot.camera, near=product.scale / 20)
