#include "engine/pipeline/loader.h"

#include <algorithm>
#include <cstring>

#include "engine/base/error.h"

namespace corticast {

LoaderPool::LoaderPool(Load load, unsigned threads, std::size_t image_bytes)
    : load_(std::move(load)), image_bytes_(image_bytes) {
  try {
    for (unsigned i = 0; i < std::max(1u, threads); ++i) threads_.emplace_back([this] { work(); });
  } catch (...) {
    // The system allows fewer threads than asked for: go on with those there are.
    if (threads_.empty()) throw;
  }
}

LoaderPool::~LoaderPool() {
  stop();
}

void LoaderPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    tasks_.clear();
  }
  queued_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void LoaderPool::start(LoadingBatch& batch) {
  {
    const std::lock_guard lock(mutex_);
    batch.remaining = batch.status.size();
    for (std::size_t row = 0; row < batch.status.size(); ++row) tasks_.push_back({&batch, row});
  }
  queued_.notify_all();
}

void LoaderPool::wait(LoadingBatch& batch) {
  std::unique_lock lock(mutex_);
  finished_.wait(lock, [&] { return batch.remaining == 0 || failure_; });
  if (failure_) std::rethrow_exception(failure_);
}

void LoaderPool::work() {
  for (;;) {
    std::unique_lock lock(mutex_);
    queued_.wait(lock, [&] { return stopping_ || !tasks_.empty(); });
    if (stopping_) return;
    const Task task = tasks_.front();
    tasks_.pop_front();
    lock.unlock();
    std::exception_ptr failure;
    try {
      load_one(task);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    --task.batch->remaining;
    if (failure && !failure_) {
      failure_ = failure;
      tasks_.clear();
    }
    if (failure_ || task.batch->remaining == 0) finished_.notify_all();
  }
}

void LoaderPool::load_one(const Task& task) {
  std::uint8_t* out = task.batch->pixels + task.row * image_bytes_;
  RowStatus& status = task.batch->status[task.row];
  try {
    load_(task.batch->first + task.row, out);
    status = {};
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kImage) throw;
    std::memset(out, 0, image_bytes_);
    status = {false, error.what()};
  }
}

}  // namespace corticast
