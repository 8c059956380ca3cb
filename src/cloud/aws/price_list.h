// The AWS Price List: what AWS says its products cost. Requests of GetProducts and the prices in
// its answers. Pure.
//
// A product is a bag of attributes with on-demand prices in tiers of use. Many that a person would
// call the same differ in an attribute (operating system, tenancy, reserved capacity), so a
// question names them all, and what comes back is held against it once more.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "cloud/aws/lambda.h"
#include "cloud/aws/request.h"

namespace paragon::aws::price_list {

// Where it is asked, whatever region is asked about: few regions have it.
inline constexpr const char* kRegion = "us-east-1";

struct GetProducts {
  std::string service;                                      // "AmazonEC2", "AWSLambda"
  std::vector<std::pair<std::string, std::string>> wanted;  // attribute and its value
  std::string unit;        // of the price: "Hrs"; empty: whatever it is
  std::string what;        // for messages: "c5.large in eu-central-1"
  std::string next_token;  // of the page before
};

// An hour of an instance: Linux, shared tenancy, nothing installed, no reservation.
GetProducts instance_hour(const std::string& type, const std::string& region);
// Functions that are not kept provisioned: a GB-second, a call.
GetProducts function_gb_second(lambda::Architecture architecture, const std::string& region);
GetProducts function_call(lambda::Architecture architecture, const std::string& region);
// A GB-second of keeping environments provisioned, and one of calls that run there.
GetProducts provisioned_gb_second(lambda::Architecture architecture, const std::string& region);
GetProducts provisioned_run_gb_second(lambda::Architecture architecture, const std::string& region);

ServiceRequest request(const std::string& host, const GetProducts& question);

struct Tier {
  double begins = 0;  // with so many units in a month
  Dollars price;      // of one unit
  std::string unit;
};

struct Product {
  std::map<std::string, std::string> attributes;
  std::vector<Tier> tiers;  // on demand, in US dollars; in AWS's order, which is none
  std::string published;    // date of the list, "2026-02-01"; may be empty
};

struct ProductPage {
  std::vector<Product> products;
  std::string next_token;  // empty on the last page
};

// Passes over terms and tiers that it cannot make sense of. Error: unavailable, when the answer is
// not what AWS sends.
Result<ProductPage> read_get_products(std::string_view json);

struct ListPrice {
  Dollars price;  // of one unit, in the first tier that costs anything
  std::string published;
  bool operator==(const ListPrice&) const = default;
};

// The price among products that were answered to a question; those that it does not ask for are
// passed over. None: it is not sold there. Error: unavailable, when there are several prices and
// nothing says which.
Result<std::optional<ListPrice>> price_of(const GetProducts& question,
                                          const std::vector<Product>& products);

}  // namespace paragon::aws::price_list
