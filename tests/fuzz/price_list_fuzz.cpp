// Answers of the AWS Price List: a page of products, and what is made of it.
#include <cmath>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "cloud/aws/price_list.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace paragon;
  using namespace paragon::aws;
  using lambda::Architecture;
  const auto page = price_list::read_get_products({reinterpret_cast<const char*>(data), size});
  if (!page) {
    PARAGON_CHECK(page.error().code == ErrorCode::unavailable, "an answer that cannot be read");
    return 0;
  }
  for (const auto& question : {price_list::instance_hour("c5.large", "us-east-1"),
                               price_list::function_gb_second(Architecture::arm64, "us-east-1"),
                               price_list::function_call(Architecture::x86_64, "us-east-1")}) {
    const auto price = price_list::price_of(question, page->products);
    if (!price || !*price) continue;
    const double usd = (*price)->price.value;
    PARAGON_CHECK(std::isfinite(usd) && usd > 0, "a price that is none");
    PARAGON_CHECK((*price)->published.empty() || (*price)->published.size() == 10,
                  "a date that is none");
  }
  return 0;
}
