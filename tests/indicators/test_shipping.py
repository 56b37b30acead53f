"""Templates that come with the program are published once and never overrule an administrator."""

import pytest

from indicators.cloning import next_version
from indicators.engine.reading import read_template
from indicators.models import IndicatorTemplate
from indicators.publishing import publish, ship, store_draft

from .small import SMALL, small

pytestmark = pytest.mark.django_db

SHIPPED = read_template(SMALL)
IMPROVED = read_template(small(title="随新版程序改进"))
OWN = read_template(small(title="本县改过"))


def titles():
    return list(IndicatorTemplate.objects.order_by("version").values_list("title", "state"))


def test_every_start_ships_and_only_the_first_stores():
    assert ship(SHIPPED).state == "published"
    assert ship(SHIPPED) is None
    assert titles() == [("小样", "published")]


def test_a_new_release_brings_its_own_version():
    ship(SHIPPED)
    assert ship(IMPROVED).version == 2


def test_a_draft_in_work_is_left_alone():
    next_version(ship(SHIPPED), "某人")
    assert ship(IMPROVED) is None
    assert titles() == [("小样", "published"), ("小样", "draft")]


def test_a_version_of_the_house_stays_the_newest():
    ship(SHIPPED)
    publish(store_draft(OWN), "某人")
    assert ship(SHIPPED) is None
    assert ship(IMPROVED) is None
    assert titles()[-1] == ("本县改过", "published")
