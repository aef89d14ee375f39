#include "engine/atlas/command_selection.h"

#include <fstream>
#include <numeric>

#include "engine/base/npy.h"
#include "tests/atlas/support.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using corticast::test::contains;
using corticast::test::error_of;
using corticast::test::TemporaryFolder;

namespace {

template <typename T>
std::string save_npy(const TemporaryFolder& folder, const std::string& dtype,
                     const std::vector<std::uint64_t>& shape, const std::vector<T>& items) {
  std::string bytes = make_npy_header(dtype, shape);
  bytes += as_text(std::as_bytes(std::span(items)));
  test::write_text(folder / "mask.npy", bytes);
  return (folder / "mask.npy").string();
}

std::vector<std::uint32_t> select(const CommandSelection& selection,
                                  const std::vector<std::int32_t>& vertices) {
  ColumnUnion chosen(static_cast<std::uint32_t>(vertices.size()), vertices);
  add_command_selection(chosen, selection);
  return chosen.columns();
}

std::vector<std::uint32_t> select(const CommandSelection& selection) {
  return select(selection, vertex_list(VertexSet::kAll));
}

}  // namespace

TEST_CASE("groups are written as numbers and rising ranges") {
  CHECK(parse_groups("7") == std::vector<int>{7});
  CHECK(parse_groups("1-5,9") == std::vector<int>{1, 2, 3, 4, 5, 9});
  CHECK(parse_groups(" 22 , 3-3 ") == std::vector<int>{22, 3});
  CHECK(parse_groups("1-22").size() == 22);
  for (const std::string text : {"0", "23", "5-1", "x", "1-", "-3", "1-5-9", "1.5", "0-3", "20-23",
                                 ",", "1;2", "1-99999999999", "+1", "1 - 5x"}) {
    INFO(text);
    CHECK_THAT(error_of([&] { parse_groups(text); }), contains("code 2: --group " + text));
  }
}

TEST_CASE("an empty selection is every column") {
  CHECK(select({}).size() == 57051);
  CHECK(select({}, vertex_list(VertexSet::kVisual)).size() == 7831);
}

TEST_CASE("areas, groups and a mask add up to one ascending union") {
  const TemporaryFolder folder;
  std::vector<std::uint8_t> mask(57051, 0);
  mask[0] = mask[57050] = 1;
  const std::string path = save_npy(folder, "|u1", {57051}, mask);
  const auto columns = select({{"R_V1,L_V1", "L_V1"}, "13,18", path});
  CHECK(columns.size() == 1603 + 3898 + 2);
  CHECK(columns.front() == 0);
  CHECK(columns.back() == 57050);
  CHECK(std::is_sorted(columns.begin(), columns.end()));
  CHECK(select({{"V1"}, "", ""}) == select({{"GlasserGroup_1"}, "", ""}));
  CHECK(select({{"L_V1", "R_V1"}, "", ""}) == select({{}, "1", ""}));
  CHECK(select({{"all"}, "", ""}).size() == 57051);
}

TEST_CASE("what cannot be selected says so and offers the nearest name") {
  CHECK_THAT(error_of([] {
               select({{"L_V1,L_FFCC"}, "", ""});
             }),
             contains("code 2: unknown ROI 'L_FFCC' | Did you mean L_FFC?"));
  CHECK_THAT(error_of([] {
               select({{"H"}, "", ""});
             }),
             contains("code 2: the selection is empty; H holds no vertex of this model"));
  CHECK_THAT(error_of([] { select({{" , "}, "", ""}); }), contains("code 2: --roi names no area"));
  CHECK_THAT(error_of([] {
               select({{}, "1-6", ""}, vertex_list(VertexSet::kVisual));
             }),
             contains("predicts groups 1-5"));
  CHECK_THAT(error_of([] {
               select({{"GlasserGroup_6"}, "", ""}, vertex_list(VertexSet::kVisual));
             }),
             contains("predicts groups 1-5 only"));
}

TEST_CASE("an area that removal emptied adds nothing and is noted") {
  const std::vector<std::int32_t>& vertices = vertex_list(VertexSet::kAll);
  ColumnUnion chosen(57051, vertices);
  add_command_selection(chosen, {{"L_H", "L_RSC"}, "", ""});
  CHECK(chosen.columns().size() == 3);
  REQUIRE(chosen.notes().size() == 1);
  CHECK_THAT(chosen.notes()[0], contains("L_H"));
}

TEST_CASE("a model without atlas takes masks but neither areas nor groups") {
  const TemporaryFolder folder;
  const std::vector<std::uint8_t> mask = {0, 1, 1, 0, 1};
  const std::string path = save_npy(folder, "|b1", {5}, mask);
  ColumnUnion chosen(5, {});
  add_command_selection(chosen, {{}, "", path});
  CHECK(chosen.columns() == std::vector<std::uint32_t>{1, 2, 4});
  CHECK_THAT(error_of([&] {
               add_command_selection(chosen, {{"V1"}, "", ""});
             }),
             contains("code 2: ROI 'V1' cannot be selected: this model has no atlas"));
  CHECK_THAT(error_of([&] {
               add_command_selection(chosen, {{}, "1", path});
             }),
             contains("code 2: Glasser group 1 cannot be selected: this model has no atlas"));
}

TEMPLATE_TEST_CASE("masks of every integer width are read", "", std::int8_t, std::uint8_t,
                   std::int16_t, std::uint16_t, std::int32_t, std::uint32_t, std::int64_t,
                   std::uint64_t) {
  const TemporaryFolder folder;
  const std::string dtype = (sizeof(TestType) == 1 ? "|" : "<") +
                            std::string(std::is_signed_v<TestType> ? "i" : "u") +
                            std::to_string(sizeof(TestType));
  const auto big = std::numeric_limits<TestType>::max();
  const std::string path = save_npy<TestType>(folder, dtype, {4}, {0, 1, big, 1});
  const auto mask = read_mask(path, 4);
  CHECK(std::vector<std::int64_t>{mask[0], mask[1], mask[3]} == std::vector<std::int64_t>{0, 1, 1});
  ColumnUnion chosen(4, {});
  CHECK_THAT(error_of([&] { chosen.add_mask(mask, path); }), contains("item 2 is "));
}

TEST_CASE("masks of another shape, type or content are refused with the numbers") {
  const TemporaryFolder folder;
  const auto refusal = [&](const std::string& path) {
    return error_of([&] {
      ColumnUnion chosen(5, {});
      add_command_selection(chosen, {{}, "", path});
    });
  };
  using Bytes = std::vector<std::uint8_t>;
  CHECK_THAT(refusal(save_npy<std::uint8_t>(folder, "|u1", {4}, {1, 1, 1, 1})),
             contains("code 2") && contains("shape [4], expected [5]"));
  CHECK_THAT(refusal(save_npy<std::uint8_t>(folder, "|u1", {6}, {1, 1, 1, 1, 1, 1})),
             contains("shape [6], expected [5]"));
  CHECK_THAT(refusal(save_npy<std::uint8_t>(folder, "|u1", {5, 1}, {1, 1, 1, 1, 1})),
             contains("shape [5, 1], expected [5]"));
  CHECK_THAT(refusal(save_npy<std::uint8_t>(folder, "|u1", {}, {1})), contains("shape []"));
  CHECK_THAT(refusal(save_npy<float>(folder, "<f4", {5}, {1, 0, 1, 0, 1})),
             contains("code 2") && contains("a mask of floats (<f4)"));
  CHECK_THAT(refusal(save_npy<double>(folder, "<f8", {5}, {1, 0, 1, 0, 1})), contains("floats"));
  CHECK_THAT(refusal(save_npy<std::uint8_t>(folder, "|b1", {5}, {1, 0, 255, 0, 1})),
             contains("item 2 is 255, expected 0 or 1"));
  CHECK_THAT(refusal(save_npy(folder, "|u1", {5}, Bytes(5, 0))), contains("no item is 1"));
  CHECK_THAT(refusal(save_npy(folder, "<i4", {5}, Bytes(19, 0))), contains("code 2"));
  CHECK_THAT(refusal(save_npy(folder, "|u1", {1ULL << 62, 4}, Bytes(5, 1))), contains("code 2"));
  CHECK_THAT(refusal(save_npy(folder, "|u1", {5}, Bytes(200'000, 1))), contains("code 2"));
  test::write_text(folder / "mask.npy", "no array");
  CHECK_THAT(refusal((folder / "mask.npy").string()), contains("code 2"));
  CHECK_THAT(refusal((folder / "missing.npy").string()), contains("missing.npy"));
}
