"""Who is counted with whom."""

from mailintake.transports.limits import Crowd, household


def test_an_ipv6_network_is_one_household() -> None:
    assert household("2001:db8:1:2::1") == household("2001:db8:1:2:ffff::9")
    assert household("2001:db8:1:2::1") != household("2001:db8:1:3::1")
    assert household("fe80::1%eth0") == household("fe80::2")


def test_an_ipv4_address_is_one_whatever_socket_it_comes_through() -> None:
    assert household("192.0.2.1") == household("::ffff:192.0.2.1") == "192.0.2.1"
    assert household("192.0.2.1") != household("192.0.2.2")


def test_a_crowd_forgets_who_left() -> None:
    crowd = Crowd()
    crowd.enter("192.0.2.1")
    crowd.enter("192.0.2.1")
    crowd.leave("192.0.2.1")
    assert (crowd.total, crowd.of("192.0.2.1")) == (1, 1)
    crowd.leave("192.0.2.1")
    assert (crowd.total, crowd.of("192.0.2.1")) == (0, 0)
