// One thread for each of several devices, for work that takes seconds on each.
#pragma once

#include <cstddef>
#include <exception>
#include <thread>
#include <vector>

namespace corticast::several {

// Calls work(0) to work(count - 1), each in a thread of its own, and returns when all are done.
// Rethrows the failure of the lowest number, if any.
template <typename Function>
void in_parallel(std::size_t count, const Function& work) {
  std::vector<std::exception_ptr> failures(count);
  std::vector<std::jthread> threads;
  threads.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    threads.emplace_back([&work, &failures, i] {
      try {
        work(i);
      } catch (...) {
        failures[i] = std::current_exception();
      }
    });
  }
  threads.clear();
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

}  // namespace corticast::several
