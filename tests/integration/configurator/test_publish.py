"""Publishing a product: once per content, and not at all while something about it is wrong."""

import json
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image

from configurator.content_hash import plates_of
from configurator.models import Product, ProductVersion
from configurator.selectors import definition_of, latest_version, version_named
from configurator.services import UnableToPublish, load_product, read_product_file
from factory_sim.models import Plant
from factory_sim.services import load_plant
from tests import samples

pytestmark = pytest.mark.django_db

Edit = Callable[[str, str], None]


@pytest.fixture(autouse=True)
def plant(db: None, now: datetime) -> Plant:
    """The demo's plant, for which the product is made."""
    return load_plant(data=samples.toml("plants/mangwon.toml"), now=now)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the demo's product that a test may spoil."""
    return Path(shutil.copytree(samples.CATALOGUE / "on-dam", tmp_path / "on-dam"))


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Replaces a text that occurs exactly once in the product file."""
    file = folder / "product.toml"

    def replace(old: str, new: str) -> None:
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1
        file.write_text(text.replace(old, new), encoding="utf-8")

    return replace


def add_rule(folder: Path, rule_id: str, condition: str) -> None:
    rule = f'\n[[rules]]\nid = "{rule_id}"\n{condition}\n[rules.sentence]\nko = "안 됩니다."\nen = "It cannot be."\n'
    with (folder / "product.toml").open("a", encoding="utf-8") as file:
        file.write(rule)


def refusal(folder: Path, now: datetime) -> list[str]:
    """Why the folder is not published; nothing was written."""
    with samples.nothing_written(), pytest.raises(UnableToPublish) as refused:
        load_product(folder=folder, now=now)
    return refused.value.reasons


def test_a_product_is_published_as_version_one(folder: Path, now: datetime) -> None:
    version, is_new = load_product(folder=folder, now=now)

    assert is_new is True
    assert (version.key, version.published_at) == ("on-dam/1", now)
    assert definition_of(version).slug == "on-dam"
    assert version_named("on-dam/1") == version


def test_the_same_content_is_the_same_version(folder: Path, now: datetime) -> None:
    first, _ = load_product(folder=folder, now=now)

    with samples.nothing_written():
        again, is_new = load_product(folder=folder, now=now + timedelta(days=1))

    assert (again, is_new) == (first, False)


def test_a_copy_elsewhere_with_other_times_is_the_same_content(folder: Path, now: datetime) -> None:
    first, _ = load_product(folder=samples.CATALOGUE / "on-dam", now=now)

    assert load_product(folder=folder, now=now) == (first, False)


def test_comments_are_not_content(folder: Path, now: datetime) -> None:
    first, _ = load_product(folder=folder, now=now)
    with (folder / "product.toml").open("a", encoding="utf-8") as file:
        file.write("\n# The end.\n")

    assert load_product(folder=folder, now=now) == (first, False)


def test_a_changed_text_is_a_new_version_and_the_old_one_stays(folder: Path, edit: Edit, now: datetime) -> None:
    first, _ = load_product(folder=folder, now=now)
    edit("price = 8000", "price = 9000")

    second, is_new = load_product(folder=folder, now=now)

    assert (second.key, is_new) == ("on-dam/2", True)
    assert latest_version("on-dam") == second
    first.refresh_from_db()
    assert definition_of(first).option("stitch", "gold").price == 8_000
    assert definition_of(second).option("stitch", "gold").price == 9_000
    assert Product.objects.count() == 1


def darken(plates: Path) -> None:
    """Bake a view again, with less light."""
    for file in plates.glob("*/backdrop.webp"):
        with Image.open(file) as picture:
            darker = picture.convert("RGB").point(lambda value: value * 0.9)
        darker.save(file, "WEBP", lossless=True)


def test_plates_baked_into_a_new_folder_are_a_new_version(folder: Path, edit: Edit, now: datetime) -> None:
    first, _ = load_product(folder=folder, now=now)
    darken(Path(shutil.copytree(folder / "views" / "hero", folder / "views" / "hero-2")))
    edit('folder = "views/hero"', 'folder = "views/hero-2"')

    second, is_new = load_product(folder=folder, now=now)

    assert (second.key, is_new) == ("on-dam/2", True)
    assert list(first.plates) == ["views/hero", "views/back", "views/detail", "model"]
    assert list(second.plates) == ["views/hero-2", "views/back", "views/detail", "model"]
    assert first.plates["views/hero"] != second.plates["views/hero-2"]


CHANGED = "the plates in views/hero have changed since on-dam/1 was published, which is drawn from them: "


@pytest.mark.parametrize("edited", [False, True])
def test_plates_baked_anew_where_a_published_version_has_its_own_are_refused(
    folder: Path, edit: Edit, now: datetime, edited: bool
) -> None:
    load_product(folder=folder, now=now)
    darken(folder / "views" / "hero")
    if edited:
        edit("price = 8000", "price = 9000")

    assert refusal(folder, now) == [f"{CHANGED}bake into a new folder"]


def test_the_plates_of_an_old_version_stay_though_the_new_one_has_others(
    folder: Path, edit: Edit, now: datetime
) -> None:
    load_product(folder=folder, now=now)
    (folder / "views" / "hero").rename(folder / "views" / "hero-2")
    edit('folder = "views/hero"', 'folder = "views/hero-2"')

    assert refusal(folder, now) == [f"{CHANGED}bake into a new folder"]


def test_going_back_to_an_old_content_goes_back_to_its_version(folder: Path, edit: Edit, now: datetime) -> None:
    first, _ = load_product(folder=folder, now=now)
    edit("price = 8000", "price = 9000")
    load_product(folder=folder, now=now)

    original, is_new = load_product(folder=samples.CATALOGUE / "on-dam", now=now)

    assert (original, is_new) == (first, False)
    assert ProductVersion.objects.count() == 2


# --- The publish gate -----------------------------------------------------------------------------

NO_GOLD = [
    "stitch gold can never be chosen (rule gold-needs-brass, rule brass-hates-gold)",
    "the preset persimmon-tree breaks rule brass-hates-gold",
]


NO_GASKET = [
    "view hero shows gasket, which no option colours",
    "after operation assemble gasket should look otherwise, which not every design colours",
    "the model in model has no material ring",
    "the model in model has the material gasket, which no option colours",
]


def forget_the_gasket(folder: Path) -> None:
    """The gasket's options colour a part that no view shows."""
    file = folder / "product.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("{ gasket = ", "{ ring = "), encoding="utf-8")


def test_rules_that_contradict_each_other_are_named(folder: Path, now: datetime) -> None:
    glazes = 'when = { glaze = ["celadon", "porcelain", "persimmon", "indigo", "iron-black"] }'
    add_rule(folder, "only-bamboo", f'{glazes}\nrequires = {{ lid = ["bamboo"] }}')
    add_rule(folder, "no-bamboo", f'{glazes}\nexcludes = {{ lid = ["bamboo"] }}')

    assert refusal(folder, now) == ["no design satisfies all rules together: rule only-bamboo, rule no-bamboo"]


def test_an_option_that_can_never_be_chosen_is_named_with_the_rules_that_forbid_it(folder: Path, now: datetime) -> None:
    add_rule(folder, "brass-hates-gold", 'when = { metal = ["brass"] }\nexcludes = { stitch = ["gold"] }')

    assert refusal(folder, now) == NO_GOLD


def test_a_preset_that_breaks_a_rule_is_refused(folder: Path, now: datetime) -> None:
    add_rule(folder, "no-bamboo-on-celadon", 'when = { glaze = ["celadon"] }\nexcludes = { lid = ["bamboo"] }')

    assert refusal(folder, now) == ["the preset breaks rule no-bamboo-on-celadon"]


@pytest.mark.parametrize("size", ["800", "1200"])
def test_a_view_without_its_layout_is_refused(folder: Path, now: datetime, size: str) -> None:
    (folder / "views" / "hero" / size / "view.json").unlink()

    assert refusal(folder, now) == ["view hero has no view.json in views/hero"]


@pytest.mark.parametrize("file", ["plates-1.webp", "panel-body-uv.webp", "backdrop.webp"])
def test_a_missing_plate_is_refused(folder: Path, now: datetime, file: str) -> None:
    (folder / "views" / "hero" / "1200" / file).unlink()

    (reason,) = refusal(folder, now)
    assert reason.startswith("the plates of view hero cannot be read: ")
    assert file in reason


def test_a_plate_that_is_no_picture_is_refused(folder: Path, now: datetime) -> None:
    (folder / "views" / "hero" / "800" / "plates-0.webp").write_bytes(b"not a picture")

    (reason,) = refusal(folder, now)
    assert reason.startswith("the plates of view hero cannot be read: ")


def test_a_part_of_the_picture_that_nothing_colours_is_refused(folder: Path, now: datetime) -> None:
    forget_the_gasket(folder)

    assert refusal(folder, now) == NO_GASKET


def test_an_option_that_forgets_a_part_is_refused(folder: Path, edit: Edit, now: datetime) -> None:
    edit('colours = { metal = "#C77B4F", foil = "#D99468" }', 'colours = { metal = "#C77B4F" }')

    assert refusal(folder, now) == ["metal copper does not colour the same parts as its neighbours"]


def test_an_operation_at_a_station_that_the_plant_does_not_have_is_refused(
    folder: Path, edit: Edit, now: datetime
) -> None:
    edit('station = "wood"', 'station = "wod"')

    assert refusal(folder, now) == ["operation lid needs the station wod, which plant mangwon does not have"]


def test_also_what_is_published_already_is_refused_once_its_plant_is_gone(
    folder: Path, plant: Plant, now: datetime
) -> None:
    load_product(folder=folder, now=now)
    plant.delete()

    assert refusal(folder, now) == ["there is no plant mangwon"]


def test_every_reason_is_told_at_once(folder: Path, now: datetime) -> None:
    add_rule(folder, "brass-hates-gold", 'when = { metal = ["brass"] }\nexcludes = { stitch = ["gold"] }')
    forget_the_gasket(folder)

    assert refusal(folder, now) == [*NO_GOLD, *NO_GASKET]


def test_a_file_that_is_not_toml_is_refused_with_the_place(folder: Path, edit: Edit, now: datetime) -> None:
    edit('slug = "on-dam"', "slug = on-dam")

    (reason,) = refusal(folder, now)
    assert reason.startswith("product.toml: ")
    assert "line" in reason


def test_a_mistake_in_the_definition_is_named_with_its_place(folder: Path, edit: Edit, now: datetime) -> None:
    edit('swatch = "#1F3A5F"', 'swatch = "navy"')

    (reason,) = refusal(folder, now)
    assert reason.startswith("product.toml: groups.0.options.3.swatch: ")


def test_a_paid_option_in_the_preset_is_refused(folder: Path, edit: Edit, now: datetime) -> None:
    edit('\nglaze = "celadon"\n', '\nglaze = "indigo"\n')

    (reason,) = refusal(folder, now)
    assert reason == "product.toml: product: Value error, the preset's glaze indigo costs extra"


def test_a_rule_that_names_what_does_not_exist_is_named(folder: Path, edit: Edit, now: datetime) -> None:
    edit('when = { metal = ["copper"] }\nexcludes = { sleeve = ["pine"] }', 'when = { metal = ["tin"] }')

    (reason,) = refusal(folder, now)
    assert reason == (
        "product.toml: rules.3: Value error, rule copper-and-pine must say one thing:"
        " requires, excludes, or at_least/at_most with of"
    )
    edit('when = { metal = ["tin"] }', 'when = { metal = ["tin"] }\nexcludes = { sleeve = ["pine"] }')
    (reason,) = refusal(folder, now)
    assert reason == ("product.toml: product: Value error, rule copper-and-pine names metal: tin, which does not exist")


def test_an_option_of_the_version_before_is_retired_and_never_dropped(folder: Path, edit: Edit, now: datetime) -> None:
    load_product(folder=folder, now=now)
    moss = (folder / "product.toml").read_text(encoding="utf-8").partition('  [[groups.options]]\n  id = "moss"')
    end = moss[2].index("  [[groups.options]]")
    (folder / "product.toml").write_text(moss[0] + moss[2][end:], encoding="utf-8")

    assert refusal(folder, now) == ["gasket moss is in version on-dam/1 and must stay readable: retire it instead"]

    (folder / "product.toml").write_text("".join(moss), encoding="utf-8")
    edit('colours = { gasket = "#6C7A55" }', 'colours = { gasket = "#6C7A55" }\n  retired = true')
    version, is_new = load_product(folder=folder, now=now)
    assert (version.key, is_new) == ("on-dam/2", True)


def test_a_folder_that_is_called_other_than_its_product_is_refused(folder: Path, now: datetime) -> None:
    other = folder.rename(folder.with_name("cup"))

    assert refusal(other, now) == ["the folder cup holds the product on-dam: give both one name"]


def test_a_file_that_is_not_text_is_refused(folder: Path, now: datetime) -> None:
    (folder / "product.toml").write_bytes(b"\xff\xfe")

    (reason,) = refusal(folder, now)
    assert reason.startswith("product.toml cannot be read: ")


# --- What was published by an earlier release -------------------------------------------------------


def publish_as_before(folder: Path, now: datetime, left_out: tuple[str, ...]) -> ProductVersion:
    """The folder's version as a release without these fields of groups and options wrote it, with its hash."""
    definition = read_product_file(folder / "product.toml")
    data = definition.model_dump(mode="json")
    for group in data["groups"]:
        for row in (group, *group["options"]):
            for name in left_out:
                row.pop(name, None)
    return Product.objects.create(slug=definition.slug).versions.create(
        number=1,
        definition=data,
        content_hash=sha256(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest(),
        plates=plates_of(folder, definition),
        published_at=now,
    )


def test_a_field_that_was_added_with_a_default_publishes_nothing_new(folder: Path, now: datetime) -> None:
    earlier = publish_as_before(folder, now, ("retired",))

    with samples.nothing_written():
        assert load_product(folder=folder, now=now) == (earlier, False)


def test_an_earlier_hash_does_not_hide_a_change(folder: Path, edit: Edit, now: datetime) -> None:
    publish_as_before(folder, now, ("retired",))
    edit("price = 8000", "price = 9000")

    version, is_new = load_product(folder=folder, now=now)

    assert (version.key, is_new) == ("on-dam/2", True)


def test_a_default_that_is_written_out_changes_no_hash(folder: Path, edit: Edit, now: datetime) -> None:
    first, _ = load_product(folder=folder, now=now)
    edit('colours = { gasket = "#6C7A55" }', 'colours = { gasket = "#6C7A55" }\n  retired = false\n  price = 0')

    assert load_product(folder=folder, now=now) == (first, False)


def test_a_folder_without_a_product_is_refused(tmp_path: Path, now: datetime) -> None:
    assert refusal(tmp_path, now) == [f"{tmp_path / 'product.toml'} does not exist"]
