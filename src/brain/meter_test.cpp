#include "brain/meter.h"

#include <gtest/gtest.h>

namespace paragon {
namespace {

using namespace std::chrono_literals;

// 1,024 MB at 0.00001 dollars a GB-second and 0.0000002 a call.
FunctionOffer function_billed_in_steps_of(Duration step) {
  FunctionOffer offer;
  offer.memory = megabytes(1024);
  offer.price = per_gb_second(0.00001);
  offer.price_per_call = dollars(0.0000002);
  offer.billing_step = step;
  return offer;
}

TEST(CallPrice, RoundsUpAsTheOfferBills) {
  const FunctionOffer now = function_billed_in_steps_of(1ms);
  EXPECT_NEAR(call_price(now, 12ms).value, 0.00000012 + 0.0000002, 1e-15);
  EXPECT_NEAR(call_price(now, 12001us).value, 0.00000013 + 0.0000002, 1e-15);
  const FunctionOffer then = function_billed_in_steps_of(100ms);
  EXPECT_NEAR(call_price(then, 12ms).value, 0.000001 + 0.0000002, 1e-15);
  EXPECT_NEAR(call_price(then, 100ms).value, 0.000001 + 0.0000002, 1e-15);
  EXPECT_NEAR(call_price(then, 101ms).value, 0.000002 + 0.0000002, 1e-15);
}

}  // namespace
}  // namespace paragon
