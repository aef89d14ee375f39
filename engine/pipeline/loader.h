// Threads that load images into memory given to them, batch by batch.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/output/writer.h"

namespace corticast {

// One batch being loaded. The caller keeps it, and the memory of `pixels`, until wait() returned or
// the pool is gone.
struct LoadingBatch {
  std::size_t first = 0;           // image of the first row
  std::uint8_t* pixels = nullptr;  // [status.size()] images
  std::vector<RowStatus> status;   // one per image; complete after wait()
  std::size_t remaining = 0;       // images not done yet; the pool's
};

// load(k, out) writes image k to out, or throws Error{kImage}: then the image's pixels are zeroed
// and its reason is recorded. Any other exception stops the pool and is rethrown by wait(). One
// thread calls start() and wait().
class LoaderPool {
 public:
  using Load = std::function<void(std::size_t image, std::uint8_t* out)>;

  // image_bytes: of one image in memory, whatever is in it.
  LoaderPool(Load load, unsigned threads, std::size_t image_bytes = kImageBytes);
  // Drops what is queued and returns when no thread touches any batch any more.
  ~LoaderPool();
  LoaderPool(const LoaderPool&) = delete;
  LoaderPool& operator=(const LoaderPool&) = delete;

  void start(LoadingBatch& batch);
  void wait(LoadingBatch& batch);

 private:
  struct Task {
    LoadingBatch* batch;
    std::size_t row;
  };

  void stop();
  void work();
  void load_one(const Task& task);

  Load load_;
  std::size_t image_bytes_;
  std::mutex mutex_;
  std::condition_variable queued_;
  std::condition_variable finished_;
  std::deque<Task> tasks_;
  std::exception_ptr failure_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace corticast
