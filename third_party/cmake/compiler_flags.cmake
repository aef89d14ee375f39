# corticast_options: what every target of ours is compiled with. Never -march=native: a binary must
# run on any x86-64, so instruction sets are chosen at run time (kernels/cpu).
add_library(corticast_options INTERFACE)
target_include_directories(corticast_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(corticast_options INTERFACE CORTICAST_VERSION="${PROJECT_VERSION}")
target_compile_options(
  corticast_options
  INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wold-style-cast
            -Wcast-qual -Wnon-virtual-dtor -Woverloaded-virtual -Wundef -Wimplicit-fallthrough
            -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
# GCC 12 reports overlapping copies inside std::string that are not there (GCC bug 105329).
target_compile_options(corticast_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
if(CORTICAST_WERROR)
  target_compile_options(corticast_options INTERFACE -Werror)
endif()
if(CORTICAST_SANITIZE)
  # Test cases (target property CORTICAST_TEST_CASES) are left out: instrumented, their thousands of
  # checks compile four times as long, and it is the code they call that is on trial. Heap memory that
  # they hand over is guarded all the same.
  set(sanitized $<NOT:$<BOOL:$<TARGET_PROPERTY:CORTICAST_TEST_CASES>>>)
  target_compile_options(
    corticast_options INTERFACE "$<${sanitized}:-fsanitize=${CORTICAST_SANITIZE}>"
                                "$<${sanitized}:-fno-sanitize-recover=all>" -fno-omit-frame-pointer)
  target_link_options(corticast_options INTERFACE -fsanitize=${CORTICAST_SANITIZE})
endif()
# corticast_brief: for code that runs for a moment beside what it calls, flags of a command line and tests.
# What is tested is optimised as it ships; under sanitizers they are compiled for hardly more than that.
add_library(corticast_brief INTERFACE)
set(brief $<$<AND:$<CONFIG:Release>,$<COMPILE_LANGUAGE:CXX>>:-O1>)
if(CORTICAST_SANITIZE)
  set(brief -O0)
endif()
target_compile_options(corticast_brief INTERFACE ${brief})
