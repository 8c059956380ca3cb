// Labelled pictures through a running server: how many does it get right?
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "load/picture.h"
#include "system/running_server.h"

namespace paragon::testing {

// The test images of Fashion-MNIST: Debian's package, else ../shared. Empty where neither is.
LabelledPictures garment_pictures(std::size_t limit);

// Every `step`-th picture of one folder in ../shared/images. Empty where it is not there.
LabelledPictures photographs(const std::string& folder, std::size_t step);

struct Graded {
  std::size_t answered = 0;  // status 200, by the variant that was named
  std::size_t right = 0;
  std::string trouble;  // of the last one that was not answered so
};

// Asks `variant` about each picture, `at_once` at a time, with a deadline nobody misses.
Graded grade(Caller& caller, const std::string& variant, const LabelledPictures& pictures,
             std::size_t at_once);

// Whether `right` is as many as a variant of this accuracy gets right of a sample that was drawn
// from the `population` pictures its accuracy was measured on: within 3.3 standard deviations
// (one false alarm in a thousand). `slack`: what the accuracy itself may be off, as a share.
::testing::AssertionResult as_stated(std::size_t right, std::size_t sample, double accuracy,
                                     std::size_t population, double slack = 0);

}  // namespace paragon::testing
