// Catch2 2.13 and 3 behind one include; tests use only what both have, and contains().
#pragma once

#include <string>

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
namespace corticast::test {
inline auto contains(const std::string& text) {
  return Catch::Matchers::ContainsSubstring(text);
}
}  // namespace corticast::test
#else
#include <catch2/catch.hpp>
namespace corticast::test {
inline auto contains(const std::string& text) {
  return Catch::Matchers::Contains(text);
}
}  // namespace corticast::test
#endif
