// Which addresses are none of the public internet.
#include "outbound/address.hpp"

#include "support.hpp"

using namespace podium::host;

TEST_CASE("every special address is told apart from the public ones") {
  struct Case {
    const char* address;
    const char* range;  // a part of what it is called; "" is public
  };
  const Case cases[] = {
      {"0.0.0.0", "this network"},
      {"0.255.255.255", "this network"},
      {"1.0.0.0", ""},
      {"9.255.255.255", ""},
      {"10.0.0.0", "private"},
      {"10.255.255.255", "private"},
      {"11.0.0.0", ""},
      {"100.63.255.255", ""},
      {"100.64.0.0", "carrier"},
      {"100.127.255.255", "carrier"},
      {"100.128.0.0", ""},
      {"127.0.0.1", "loopback"},
      {"127.255.255.255", "loopback"},
      {"128.0.0.0", ""},
      {"169.254.169.254", "link-local"},
      {"169.253.255.255", ""},
      {"172.15.255.255", ""},
      {"172.16.0.1", "private"},
      {"172.31.255.255", "private"},
      {"172.32.0.0", ""},
      {"192.0.0.8", "reserved"},
      {"192.0.2.1", "reserved"},
      {"192.88.99.1", "reserved"},
      {"192.167.255.255", ""},
      {"192.168.0.1", "private"},
      {"192.169.0.0", ""},
      {"198.18.0.1", "reserved"},
      {"198.19.255.255", "reserved"},
      {"198.51.100.1", "reserved"},
      {"203.0.113.1", "reserved"},
      {"223.255.255.255", ""},
      {"224.0.0.1", "multicast"},
      {"239.255.255.255", "multicast"},
      {"240.0.0.1", "reserved"},
      {"255.255.255.255", "reserved"},
      {"8.8.8.8", ""},
      {"::", "unspecified"},
      {"::1", "loopback"},
      {"::127.0.0.1", "IPv4-compatible"},
      {"::ffff:127.0.0.1", "IPv4-mapped"},
      {"::ffff:8.8.8.8", "IPv4-mapped"},
      {"64:ff9b::10.0.0.1", "private"},
      {"64:ff9b::169.254.169.254", "link-local"},
      {"64:ff9b::8.8.8.8", ""},
      {"64:ff9b:1::8.8.8.8", "reserved"},
      {"100::1", "reserved"},
      {"2001::1", "reserved"},
      {"2001:db8::1", "reserved"},
      {"2002:7f00:1::", "loopback"},
      {"2002:a9fe:a9fe::1", "link-local"},
      {"2002:808:808::1", ""},
      {"2606:4700:4700::1111", ""},
      {"2a00:1450::1", ""},
      {"3fff::1", "reserved"},
      {"4000::1", "reserved"},
      {"fc00::1", "private"},
      {"fdff:ffff::1", "private"},
      {"fe80::1", "link-local"},
      {"febf::1", "link-local"},
      {"fec0::1", "private"},
      {"ff02::1", "multicast"},
  };
  for (const Case& c : cases) {
    INFO(c.address);
    const auto address = parse_address(c.address);
    REQUIRE(address);
    const auto range = special_range(*address);
    CHECK(range.empty() == (*c.range == '\0'));
    CHECK(range.find(c.range) != range.npos);
    CHECK(parse_address(text_of(*address)) == address);
  }
}

TEST_CASE("an address has one spelling") {
  for (const char* text :
       {"", "127.1", "127.0.0.01", "0x7f.0.0.1", "2130706433", "0177.0.0.1", "127.0.0.1.", "1.2.3",
        "1.2.3.256", " 1.2.3.4", "1.2.3.4 ", "[::1]", "fe80::1%lo", "::1/128", "localhost"}) {
    INFO(text);
    CHECK_FALSE(parse_address(text));
  }
  CHECK_FALSE(parse_address(std::string_view("1.2.3.4\0", 8)));
}

TEST_CASE("a network has its addresses and no others") {
  struct Case {
    const char* network;
    const char* address;
    bool inside;
  };
  const Case cases[] = {
      {"10.0.0.0/8", "10.200.1.2", true},
      {"10.0.0.0/8", "11.0.0.0", false},
      {"172.16.0.0/12", "172.31.0.1", true},
      {"172.16.0.0/12", "172.32.0.1", false},
      {"192.168.7.1", "192.168.7.1", true},
      {"192.168.7.1", "192.168.7.2", false},
      {"192.168.7.0/31", "192.168.7.1", true},
      {"0.0.0.0/0", "8.8.8.8", true},
      {"0.0.0.0/0", "::1", false},
      {"fd00::/8", "fd12::1", true},
      {"fd00::/8", "fc12::1", false},
      {"::1/128", "::1", true},
      {"::1", "::2", false},
      {"10.0.0.0/8", "::ffff:10.0.0.1", false},
  };
  for (const Case& c : cases) {
    INFO(c.network << " " << c.address);
    const auto network = parse_network(c.network);
    REQUIRE(network);
    CHECK(network->contains(*parse_address(c.address)) == c.inside);
  }
  for (const char* wrong : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.1/8",
                            "fd00::1/8", "::/129", "10/8", "10.0.0.0/8 ", "any"}) {
    INFO(wrong);
    CHECK_FALSE(parse_network(wrong));
  }
}
