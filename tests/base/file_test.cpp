#include "engine/base/file.h"

#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

TEST_CASE("a pending file appears only when committed") {
  const TemporaryFolder folder;
  {
    PendingFile file(folder / "a");
    file.write("hello", 5);
    CHECK_FALSE(std::filesystem::exists(folder / "a"));
  }
  CHECK(std::filesystem::is_empty(folder.path()));
  {
    PendingFile file(folder / "a");
    file.write("hello", 5);
    file.write_at(1, "u", 1);
    file.commit();
  }
  CHECK(read_text(folder / "a") == "hullo");
  CHECK(MappedFile(folder / "a", ErrorCode::kModel).bytes().size() == 5);
}

TEST_CASE("files that cannot be read say which and why") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(MappedFile(folder / "none", ErrorCode::kModel),
                    contains("none: cannot open: No such file"));
  CHECK_THROWS_WITH(MappedFile(folder.path(), ErrorCode::kModel), contains("not a regular file"));
  write_text(folder / "ten", "0123456789");
  CHECK(read_file(folder / "ten", 10, ErrorCode::kImage).size() == 10);
  CHECK_THROWS_WITH(read_file(folder / "ten", 9, ErrorCode::kImage),
                    contains("10 bytes, more than the limit of 9"));
}

TEST_CASE("an empty file maps to nothing") {
  const TemporaryFolder folder;
  write_text(folder / "empty", "");
  CHECK(MappedFile(folder / "empty", ErrorCode::kModel).bytes().empty());
}
