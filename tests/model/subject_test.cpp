#include "engine/model/subject.h"

#include <string>
#include <vector>

#include "tests/support/catch.h"

using namespace corticast;

TEST_CASE("the eight datasets have 93 subjects, in the order of the checkpoints") {
  std::string names;
  unsigned subjects = 0;
  for (const Dataset& dataset : datasets()) {
    names += std::string(dataset.short_name) + " ";
    subjects += dataset.subjects;
  }
  CHECK(names == "BMD BOLD5000 GOD HAD NOD NSD THINGS deeprecon ");
  CHECK(subjects == 93);
}

TEST_CASE("every spelling of a subject means the same subject") {
  for (const char* text :
       {"NSD-01", "NSD-1", "sub-01_NSD", "NaturalScenesDataset:1", "NSD:1", "NSD:01",
        "NaturalScenesDataset-01", "nsd-01", "naturalscenesdataset:1", "sub-01_nsd"}) {
    CAPTURE(text);
    const auto subject = parse_subject(text);
    REQUIRE(subject);
    CHECK(subject->canonical() == "NSD-01");
    CHECK(subject->key() == "sub-01_NSD");
    CHECK(subject->folder() == "sub-01");
    CHECK(subject->dataset->long_name == "NaturalScenesDataset");
  }
}

TEST_CASE("every subject of every dataset survives each of its spellings") {
  for (const Dataset& dataset : datasets()) {
    for (unsigned number = 1; number <= dataset.subjects; ++number) {
      const Subject subject{&dataset, number};
      CHECK(parse_subject(subject.canonical()) == subject);
      CHECK(parse_subject(subject.key()) == subject);
      CHECK(parse_subject(std::string(dataset.long_name) + ":" + std::to_string(number)) ==
            subject);
    }
    CHECK_FALSE(parse_subject(Subject{&dataset, dataset.subjects + 1}.canonical()));
  }
  CHECK(parse_subject("NOD-30")->key() == "sub-30_NOD");
  CHECK(parse_subject("BOLD5000-04")->key() == "sub-04_BOLD5000");
}

TEST_CASE("what names no subject is refused") {
  for (const char* text : {"",
                           "1",
                           "NSD",
                           "NSD-",
                           "NSD-0",
                           "NSD-00",
                           "NSD-9",
                           "NSD-001",
                           "NSD--1",
                           "NSD-+1",
                           "NSD- 1",
                           "NSD-1 ",
                           " NSD-1",
                           "NSD-1a",
                           "NSD-0x1",
                           "NSD_1",
                           "NSD1",
                           "-1",
                           ":1",
                           "NSE-1",
                           "NSDX-1",
                           "sub-01",
                           "sub-01_",
                           "sub-1_NSD",
                           "sub-001_NSD",
                           "sub-01-NSD",
                           "sub-01_NSD ",
                           "sub-09_NSD",
                           "sub-01_NSD-01",
                           "SUB-01_NSD",
                           "sub-",
                           "sub-4294967297_NSD",
                           "NSD:4294967297",
                           "NaturalScenesDataset/sub-01",
                           "deeprecon-4",
                           "THINGS:0"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_subject(text));
  }
}
