#include "engine/analysis/matching.h"

#include <cmath>
#include <limits>

#include "engine/analysis/categories.h"
#include "engine/analysis/columns.h"
#include "engine/analysis/map_views.h"
#include "engine/base/error.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;
using Names = std::vector<std::string>;
using Rows = std::vector<std::size_t>;

TEST_CASE("images match by the strictest key that finds any") {
  const Names predicted = {"photos/a/dog.jpg", "photos/b/cat one.JPEG", "photos/\xC3\xA4\xFF.png"};
  Match match = match_names(predicted, {"photos/b/cat one.JPEG", "dog.jpg"}, MatchBy::kAuto);
  CHECK(match.by == MatchBy::kName);
  CHECK(match.left == Rows{1});
  CHECK(match.right_alone == Rows{1});
  match = match_names(predicted, {"x/cat one.JPEG", "dog"}, MatchBy::kAuto);
  CHECK(match.by == MatchBy::kFile);
  match = match_names(predicted, {"\xC3\xA4\xFF", "dog", "cat one", "dog"}, MatchBy::kAuto);
  CHECK(match.by == MatchBy::kStem);
  CHECK(match.left == Rows{0, 0, 1, 2});
  CHECK(match.right == Rows{1, 3, 2, 0});
  CHECK(match_names(predicted, {"none"}, MatchBy::kAuto).left.empty());
  CHECK(match_key("a.b/v1.5", MatchBy::kStem) == "v1.5");
  CHECK(match_key("a/.jpg", MatchBy::kStem) == ".jpg");
}

TEST_CASE("images that cannot be told apart are refused") {
  CHECK_THROWS_WITH(match_names({"a/x.jpg", "b/x.jpg"}, {"x.jpg"}, MatchBy::kAuto),
                    contains("could be any of 2 images: a/x.jpg, b/x.jpg"));
  CHECK_THROWS_WITH(match_names({"a"}, {"a", "b"}, MatchBy::kOrder), contains("there are 1 and 2"));
  CHECK(match_names({"a", "b"}, {"b", "c"}, MatchBy::kOrder).right == Rows{0, 1});
  CHECK_THROWS_AS(parse_match("fuzzy"), Error);
}

TEST_CASE("repetitions are known by their names") {
  const Trial trial = trial_of("sub-01_NSD_stimulus-nsd_00042_phase-test_rep-2");
  CHECK(trial.stimulus == "nsd_00042");
  CHECK(trial.repetition == 2U);
  CHECK(trial_of("dog_rep-10.jpg").stimulus == "dog");
  for (const char* single : {"dog.jpg", "dog_rep-", "dog_rep-x", "rep-1", "dog_rep-1_left"}) {
    CHECK(trial_of(single).stimulus == single);
    CHECK_FALSE(trial_of(single).repetition);
  }
  const Repetitions repetitions = repetitions_of({"b_rep-0", "a", "b_rep-1", "a", "c"});
  CHECK(repetitions.stimuli == Names{"b", "a", "c"});
  CHECK(repetitions.members == std::vector<Rows>{{0, 2}, {1, 3}, {4}});
  CHECK(repetitions.largest == 2);
}

TEST_CASE("maps of maps select and average") {
  const float none = std::numeric_limits<float>::quiet_NaN();
  const MemoryMaps maps({"a", "b", "c"}, 2, {5, 9}, {1, 2, 3, none, 5, none});
  const SelectedMaps some(maps, {2, 0, 1, 1}, {0});
  std::vector<float> values(4);
  some.read({0, 4}, values.data());
  CHECK(values == std::vector<float>{5, 1, 3, 3});
  CHECK(some.names() == Names{"c", "a", "b", "b"});
  CHECK(some.grayordinates() == std::vector<std::int32_t>{5});
  CHECK_THROWS_AS(some.read({3, 2}, values.data()), Error);
  const MeanMaps means(maps, {"ab", "bc"}, {{0, 1}, {1, 2}});
  means.read({0, 2}, values.data());
  CHECK((values[0] == 2.0F && values[1] == 2.0F && values[2] == 4.0F && std::isnan(values[3])));
}

TEST_CASE("columns are shared by grayordinate or else by position") {
  const MemoryMaps a({}, 3, {1, 5, 59412}, {});
  const MemoryMaps b({}, 2, {5, 7}, {});
  const MemoryMaps numbered({}, 3, {}, {});
  const SharedColumns shared = shared_columns(a, "a", b, "b");
  CHECK(shared.left == Rows{1});
  CHECK(shared.right == Rows{0});
  CHECK(shared_columns(numbered, "n", a, "a").grayordinates == a.grayordinates());
  CHECK(shared_columns(numbered, "n", a, "a").by_position);
  CHECK_THROWS_WITH(shared_columns(b, "b", numbered, "n"), contains("n: its columns are not tied"));
  const MemoryMaps other({}, 1, {8}, {});
  CHECK_THROWS_WITH(shared_columns(b, "b", other, "o"), contains("share no vertex"));
  Names notes;
  CHECK(columns_of_areas({}, 3, {}, "", notes) == Rows{0, 1, 2});
  CHECK_THROWS_AS(columns_of_areas({}, 3, {"V1"}, "", notes), Error);
}

TEST_CASE("categories by rules and files") {
  const Names images = {"x/faces/adult-1.jpg", "x/cars/car-2.jpg", "plain.jpg"};
  CHECK(categories_from_names("folder", images).names == Names{"faces", "cars"});
  const Categories prefix = categories_from_names("prefix", images);
  CHECK(prefix.names == Names{"adult", "car"});
  CHECK(prefix.of_image == Rows{0, 1, kNoCategory});
  CHECK(categories_from_names("prefix:.", images).names == Names{"adult-1", "car-2", "plain"});
  CHECK_THROWS_AS(categories_from_names("suffix", images), Error);
  CHECK_THROWS_AS(categories_from_names("prefix", {"plain.jpg"}), Error);

  const TemporaryFolder folder;
  const auto read = [&](const std::string& text) {
    write_text(folder / "c.tsv", text);
    Names notes;
    Categories categories = read_categories(folder / "c.tsv", images, MatchBy::kAuto, notes);
    return std::pair{categories, notes};
  };
  const auto [categories, notes] = read(
      "\xEF\xBB\xBFonset\timage\tcategory\r\n1\tadult-1.jpg\tface\r\n2\tplain.jpg\tn/a\r\n"
      "3\tgone.jpg\tcar\r\n");
  CHECK(categories.names == Names{"face"});
  CHECK(categories.of_image == Rows{0, kNoCategory, kNoCategory});
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0], contains("1 of its images are not here: gone.jpg"));
  CHECK_THROWS_WITH(read("name\tcategory\nx\ty\n"), contains("no columns 'image'"));
  CHECK_THROWS_WITH(read("image\tcategory\nplain.jpg\n"), contains("line 2"));
  CHECK_THROWS_WITH(read("image\tcategory\nplain.jpg\ta>b\n"), contains("holds one of"));
  CHECK_THROWS_WITH(read("image\tcategory\nother.jpg\ta\n"), contains("names none"));
  CHECK_THROWS_AS(read(""), Error);
}

TEST_CASE("contrasts in words") {
  const Categories categories{{"face", "house", "car"}, {}};
  Contrast contrast = parse_contrast("face>*", categories);
  CHECK(contrast.name == "face>*");
  CHECK(contrast.below == Rows{1, 2});
  contrast = parse_contrast("things = car, house,car > face", categories);
  CHECK(contrast.above == Rows{1, 2});
  CHECK_THROWS_WITH(parse_contrast("fase>house", categories), contains("'fase'"));
  for (const char* wrong : {"face", "face>", ">face", "face>house>car", "face,car>car", "=face>car",
                            "face,house,car>*"}) {
    INFO(wrong);
    CHECK_THROWS_AS(parse_contrast(wrong, categories), Error);
  }
  CHECK(recipe_contrasts("floc").size() == 4);
  CHECK_THROWS_AS(recipe_contrasts("other"), Error);
}
