#include "tests/faults/allocations.h"

#include <dlfcn.h>
#include <sys/mman.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <new>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CORTICAST_OWN_MALLOC 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CORTICAST_OWN_MALLOC 0
#endif
#endif
#if !defined(CORTICAST_OWN_MALLOC) && defined(__GLIBC__)
#define CORTICAST_OWN_MALLOC 1
#endif

namespace {

using corticast::test::Memory;

constexpr std::uint64_t kNever = ~std::uint64_t{0};

std::atomic<Memory> failing_kind{Memory::kOurs};
std::atomic<std::uint64_t> failing_number{kNever};
std::atomic<bool> failing_lasts{false};
std::atomic<std::uint64_t> asked_for{0};
std::atomic<bool> armed{false};

// Shared with forked children: the code that asked last in vain.
using Caller = std::atomic<const void*>;
Caller* refused_caller = nullptr;

bool refused(Memory whose) {
  if (!armed.load(std::memory_order_relaxed) || whose != failing_kind.load()) return false;
  const std::uint64_t number = asked_for.fetch_add(1) + 1;
  return failing_lasts.load() ? number >= failing_number.load() : number == failing_number.load();
}

}  // namespace

#if CORTICAST_OWN_MALLOC
extern "C" {
// The C library's own doors behind malloc, and the linker's marks around this executable's code.
void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t items, std::size_t bytes);
void* __libc_realloc(void* memory, std::size_t bytes);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);
extern const char __executable_start;
extern const char etext;
}

namespace {

void* plain_memory(std::size_t bytes) {
  return __libc_malloc(bytes);
}

void* aligned_memory(std::size_t alignment, std::size_t bytes) {
  return __libc_memalign(alignment, bytes);
}

bool refused_to(const void* caller) {
  const char* const code = static_cast<const char*>(caller);
  const bool ours = code >= &__executable_start && code < &etext;
  if (!refused(ours ? Memory::kOurs : Memory::kTheirs)) return false;
  if (refused_caller != nullptr) refused_caller->store(caller);
  return true;
}

}  // namespace

extern "C" {

void* malloc(std::size_t bytes) {
  if (refused_to(__builtin_return_address(0))) {
    errno = ENOMEM;
    return nullptr;
  }
  return __libc_malloc(bytes);
}

void* calloc(std::size_t items, std::size_t bytes) {
  if (refused_to(__builtin_return_address(0))) {
    errno = ENOMEM;
    return nullptr;
  }
  return __libc_calloc(items, bytes);
}

void* realloc(void* memory, std::size_t bytes) {
  if (refused_to(__builtin_return_address(0))) {
    errno = ENOMEM;
    return nullptr;
  }
  return __libc_realloc(memory, bytes);
}

int posix_memalign(void** memory, std::size_t alignment, std::size_t bytes) {
  if (refused_to(__builtin_return_address(0))) return ENOMEM;
  void* const got = __libc_memalign(alignment, bytes);
  if (got == nullptr) return ENOMEM;
  *memory = got;
  return 0;
}

void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  if (refused_to(__builtin_return_address(0))) {
    errno = ENOMEM;
    return nullptr;
  }
  return __libc_memalign(alignment, bytes);
}

}  // extern "C"
#else
namespace {

void* plain_memory(std::size_t bytes) {
  return std::malloc(bytes);
}

void* aligned_memory(std::size_t alignment, std::size_t bytes) {
  void* memory = nullptr;
  return posix_memalign(&memory, alignment, bytes) == 0 ? memory : nullptr;
}

}  // namespace
#endif

// The forms that do not throw call these.
void* operator new(std::size_t bytes) {
  void* const memory = refused(Memory::kOurs) ? nullptr : plain_memory(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void* operator new[](std::size_t bytes) {
  return operator new(bytes);
}

void* operator new(std::size_t bytes, std::align_val_t alignment) {
  void* const memory = refused(Memory::kOurs)
                           ? nullptr
                           : aligned_memory(static_cast<std::size_t>(alignment), bytes + 1);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void* operator new[](std::size_t bytes, std::align_val_t alignment) {
  return operator new(bytes, alignment);
}

void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return refused(Memory::kOurs) ? nullptr : plain_memory(bytes == 0 ? 1 : bytes);
}

void* operator new[](std::size_t bytes, const std::nothrow_t& tag) noexcept {
  return operator new(bytes, tag);
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
  std::free(memory);
}

namespace corticast::test {

bool can_fail_malloc() {
  return CORTICAST_OWN_MALLOC != 0;
}

std::string last_refused() {
  if (refused_caller == nullptr) {
    void* const page =
        ::mmap(nullptr, sizeof(Caller), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return {};
    refused_caller = new (page) Caller(nullptr);
  }
  Dl_info found{};
  const void* const caller = refused_caller->exchange(nullptr);
  if (caller == nullptr || ::dladdr(caller, &found) == 0) return {};
  return std::filesystem::path(found.dli_fname).filename();
}

FailingMemory::FailingMemory(Memory whose, std::uint64_t nth, bool lasting) : nth_(nth) {
  failing_kind = whose;
  failing_number = nth;
  failing_lasts = lasting;
  asked_for = 0;
  armed = true;
}

FailingMemory::~FailingMemory() {
  armed = false;
}

std::uint64_t FailingMemory::asked() const {
  return asked_for;
}

}  // namespace corticast::test
