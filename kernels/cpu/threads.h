// The number of OpenMP threads that the calling thread's kernels use.
#pragma once

namespace corticast::kernels::cpu {

// Sets it for the current thread until the scope ends; other threads are not affected.
class ThreadScope {
 public:
  explicit ThreadScope(unsigned threads);
  ~ThreadScope();
  ThreadScope(const ThreadScope&) = delete;
  ThreadScope& operator=(const ThreadScope&) = delete;

 private:
  int previous_;
};

}  // namespace corticast::kernels::cpu
