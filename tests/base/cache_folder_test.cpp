#include "engine/base/cache_folder.h"

#include "tests/support/catch.h"
#include "tests/support/temporary.h"
#include "tests/support/variable.h"

using namespace corticast;
using namespace corticast::test;

TEST_CASE("the cache folder is the user's choice, else the desktop's, else in the home") {
  const Variable home("HOME", "/home/someone");
  const Variable xdg("XDG_CACHE_HOME", nullptr);
  const Variable own("CORTICAST_CACHE", nullptr);
  CHECK(cache_folder() == "/home/someone/.cache/corticast");
  {
    const Variable relative("XDG_CACHE_HOME", "somewhere");
    CHECK(cache_folder() == "/home/someone/.cache/corticast");
    const Variable absolute("XDG_CACHE_HOME", "/scratch/cache");
    CHECK(cache_folder() == "/scratch/cache/corticast");
    const Variable chosen("CORTICAST_CACHE", "here");
    CHECK(cache_folder() == "here");
  }
  const Variable nowhere("HOME", nullptr);
  CHECK(cache_folder().empty());
  CHECK_FALSE(write_cached("a", "text"));
  CHECK_FALSE(read_cached("a").has_value());
}

TEST_CASE("a cached text comes back, replaced in one step") {
  const TemporaryFolder folder;
  const Variable own("CORTICAST_CACHE", (folder / "not/yet/there").c_str());
  CHECK_FALSE(read_cached("a").has_value());
  REQUIRE(write_cached("a", "one"));
  CHECK(read_cached("a") == "one");
  REQUIRE(write_cached("a", "two"));
  CHECK(read_cached("a") == "two");
  CHECK(std::distance(std::filesystem::directory_iterator(folder / "not/yet/there"), {}) == 1);
}

TEST_CASE("a cache that cannot be written or read is no error") {
  const TemporaryFolder folder;
  write_text(folder / "file", "");
  const Variable own("CORTICAST_CACHE", (folder / "file").c_str());
  CHECK_FALSE(write_cached("a", "text"));
  CHECK_FALSE(read_cached("a").has_value());
  const Variable large("CORTICAST_CACHE", folder.path().c_str());
  write_text(folder / "large", std::string((1 << 20) + 1, 'x'));
  CHECK_FALSE(read_cached("large").has_value());
}
