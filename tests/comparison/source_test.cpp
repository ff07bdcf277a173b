#include "source.hpp"

#include "support.hpp"

using namespace podium::comparison;

using Packages = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("requirements name packages and versions") {
  CHECK(packages_of("numpy==1.26.4\nScikit_Learn == 1.5  # pinned\ntorch>=2,<3\n") ==
        Packages{{"numpy", "1.26.4"}, {"scikit-learn", "1.5"}, {"torch", ">=2,<3"}});
  CHECK(packages_of("a.b===1\r\nplain\npkg[extra]>=1; python_version < '4'\nx @ https://e/x.whl") ==
        Packages{{"a-b", "1"},
                 {"plain", ""},
                 {"pkg", "[extra]>=1; python_version < '4'"},
                 {"x", "https://e/x.whl"}});
  CHECK(packages_of("# a comment\n-e .\n--hash=1\n\n  \nsome words of a sentence\n").empty());
  CHECK(packages_of("- numpy=1.2=py310\n- pip\n") == Packages{{"numpy", "1.2=py310"}, {"pip", ""}});
}

TEST_CASE("texts are held against the baseline, or the first that is there") {
  const std::vector<std::optional<std::string>> texts = {std::nullopt, "a\nb\n", "a\nc\n",
                                                         "a\nb\n"};
  SECTION("the first that is there") {
    const ComparedText t = compare_texts(texts, std::nullopt);
    CHECK(t.has == std::vector<bool>{false, true, true, true});
    CHECK(t.differs == std::vector<bool>{true, false, true, false});
    CHECK(!t.equal);
    REQUIRE(t.diffs[2]);
    CHECK(t.diffs[2]->hunks[0].lines == std::vector<std::string>{" a", "-b", "+c"});
    CHECK((!t.diffs[0] && !t.diffs[1] && !t.diffs[3]));
  }
  SECTION("a baseline") {
    const ComparedText t = compare_texts(texts, 2);
    CHECK(t.differs == std::vector<bool>{true, true, false, true});
    CHECK(t.diffs[1]->hunks[0].lines == std::vector<std::string>{" a", "-c", "+b"});
  }
  SECTION("a baseline without it has no differences to show") {
    const ComparedText t = compare_texts(texts, 0);
    CHECK(t.differs == std::vector<bool>{false, true, true, true});
    CHECK((!t.diffs[1] && !t.diffs[2] && !t.diffs[3]));
  }
  SECTION("nobody has it") {
    const ComparedText t = compare_texts({std::nullopt, std::nullopt}, std::nullopt);
    CHECK((t.equal && t.differs == std::vector<bool>{false, false}));
  }
}
