#include "cloud/aws/price_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace paragon::aws::price_list {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

struct Sold {
  Json attributes;
  // begin, dollars, unit
  std::vector<std::tuple<std::string, std::string, std::string>> tiers;
};

Json instance(const std::string& usd) {
  return {
      {"instanceType", "c5.large"},   {"regionCode", "us-east-1"},  {"operatingSystem", "Linux"},
      {"tenancy", "Shared"},          {"preInstalledSw", "NA"},     {"capacitystatus", "Used"},
      {"locationType", "AWS Region"}, {"marketoption", "OnDemand"}, {"test", usd}};
}

Json product(const Sold& sold) {
  Json dimensions = Json::object();
  for (const auto& [begin, usd, unit] : sold.tiers) {
    dimensions["code." + std::to_string(dimensions.size())] = {{"beginRange", begin},
                                                               {"endRange", "Inf"},
                                                               {"unit", unit},
                                                               {"pricePerUnit", {{"USD", usd}}}};
  }
  return {
      {"product", {{"productFamily", "Compute Instance"}, {"attributes", sold.attributes}}},
      {"terms",
       {{"OnDemand", {{"sku.term", {{"priceDimensions", dimensions}}}}},
        {"Reserved",
         {{"sku.other",
           {{"priceDimensions",
             {{"x",
               {{"beginRange", "0"}, {"unit", "Hrs"}, {"pricePerUnit", {{"USD", "0.01"}}}}}}}}}}}}},
      {"publicationDate", "2026-02-01T12:30:00Z"}};
}

std::string answer(const std::vector<Json>& products, const std::string& token = "") {
  Json list = Json::array();
  for (const Json& one : products) list.push_back(one.dump());
  Json out = {{"FormatVersion", "aws_v1"}, {"PriceList", list}};
  if (!token.empty()) out["NextToken"] = token;
  return out.dump();
}

std::vector<Product> read(const std::vector<Json>& products) {
  auto page = read_get_products(answer(products));
  EXPECT_TRUE(page) << page.error().message;
  return page ? page->products : std::vector<Product>();
}

const GetProducts kLarge = instance_hour("c5.large", "us-east-1");

std::optional<double> hour_of(const std::vector<Json>& products) {
  const auto price = price_of(kLarge, read(products));
  EXPECT_TRUE(price) << price.error().message;
  return price && *price ? std::optional((*price)->price.value) : std::nullopt;
}

TEST(PriceList, AsksForOneKindOfInstance) {
  const ServiceRequest request = price_list::request("api.pricing.example", kLarge);
  EXPECT_EQ(request.headers.find("x-amz-target"), "AWSPriceListService.GetProducts");
  EXPECT_EQ(request.headers.find("content-type"), "application/x-amz-json-1.1");
  const Json body = Json::parse(request.body);
  EXPECT_EQ(body["ServiceCode"], "AmazonEC2");
  EXPECT_FALSE(body.contains("NextToken"));
  std::map<std::string, std::string> filters;
  for (const Json& one : body["Filters"]) {
    EXPECT_EQ(one["Type"], "TERM_MATCH");
    filters[one["Field"]] = one["Value"];
  }
  EXPECT_EQ(filters, (std::map<std::string, std::string>{{"regionCode", "us-east-1"},
                                                         {"instanceType", "c5.large"},
                                                         {"operatingSystem", "Linux"},
                                                         {"tenancy", "Shared"},
                                                         {"preInstalledSw", "NA"},
                                                         {"capacitystatus", "Used"}}));
  GetProducts next = kLarge;
  next.next_token = "page/2==";
  EXPECT_EQ(Json::parse(price_list::request("h", next).body)["NextToken"], "page/2==");
}

TEST(PriceList, ReadsPagesOfProducts) {
  const auto page =
      read_get_products(answer({product({instance("a"), {{"0", "0.0850000000", "Hrs"}}})}, "more"));
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->next_token, "more");
  ASSERT_EQ(page->products.size(), 1u);
  EXPECT_EQ(page->products[0].attributes.at("instanceType"), "c5.large");
  EXPECT_EQ(page->products[0].published, "2026-02-01");
  ASSERT_EQ(page->products[0].tiers.size(), 1u) << "reserved terms are not what we buy";
  EXPECT_EQ(page->products[0].tiers[0].price, dollars(0.085));
}

TEST(PriceList, AnHourIsThePriceOfWhatWasAskedFor) {
  std::vector<Json> others;
  for (const auto& [name, value] :
       std::map<std::string, std::string>{{"operatingSystem", "Windows"},
                                          {"tenancy", "Dedicated"},
                                          {"preInstalledSw", "SQL Web"},
                                          {"capacitystatus", "UnusedCapacityReservation"},
                                          {"regionCode", "us-east-1-bos-1"},
                                          {"locationType", "AWS Local Zone"},
                                          {"marketoption", "CapacityBlock"},
                                          {"instanceType", "c5.xlarge"}}) {
    Json attributes = instance("other");
    attributes[name] = value;
    others.push_back(product({attributes, {{"0", "9", "Hrs"}}}));
  }
  EXPECT_EQ(hour_of(others), std::nullopt);
  others.push_back(product({instance("it"), {{"0", "0.085", "Hrs"}}}));
  EXPECT_EQ(hour_of(others), 0.085);
}

TEST(PriceList, WhatIsNotSoldHasNoPrice) {
  EXPECT_EQ(hour_of({}), std::nullopt);
  EXPECT_EQ(hour_of({product({instance("free"), {{"0", "0.0000000000", "Hrs"}}})}), std::nullopt);
  EXPECT_EQ(hour_of({product({instance("unit"), {{"0", "5", "Quantity"}}})}), std::nullopt);
  Json yuan = product({instance("yuan"), {{"0", "5", "Hrs"}}});
  for (auto& term : yuan["terms"]["OnDemand"])
    for (auto& tier : term["priceDimensions"]) tier["pricePerUnit"] = {{"CNY", "5"}};
  EXPECT_EQ(hour_of({yuan}), std::nullopt);
}

TEST(PriceList, TheSamePriceTwiceIsOneAndTwoPricesAreNone) {
  const Json cheap = product({instance("a"), {{"0", "0.085", "Hrs"}}});
  const Json dear = product({instance("b"), {{"0", "0.09", "Hrs"}}});
  EXPECT_EQ(hour_of({cheap, cheap}), 0.085);
  const auto price = price_of(kLarge, read({cheap, dear}));
  ASSERT_FALSE(price);
  EXPECT_EQ(price.error().code, ErrorCode::unavailable);
  EXPECT_THAT(price.error().message, HasSubstr("several prices of c5.large in us-east-1"));
  EXPECT_THAT(price.error().message, HasSubstr("$0.085 and $0.09"));
}

TEST(PriceList, OfTiersTheFirstThatCosts) {
  const Json attributes = {{"regionCode", "eu-central-1"}, {"group", "AWS-Lambda-Duration-ARM"}};
  const auto products = read({product({attributes,
                                       {{"18750000000", "0.0000106667", "Lambda-GB-Second"},
                                        {"400000", "0.0000133334", "Lambda-GB-Second"},
                                        {"0", "0", "Lambda-GB-Second"},
                                        {"7500000000", "0.0000120001", "Lambda-GB-Second"}}})});
  const auto price =
      price_of(function_gb_second(lambda::Architecture::arm64, "eu-central-1"), products);
  ASSERT_TRUE(price && *price);
  EXPECT_EQ((*price)->price, dollars(0.0000133334));
  const auto other =
      price_of(function_gb_second(lambda::Architecture::x86_64, "eu-central-1"), products);
  ASSERT_TRUE(other);
  EXPECT_FALSE(*other) << "those are another architecture's";
}

// The free tier is listed for all regions at once, with no region of its own.
TEST(PriceList, ACallIsNotTheFreeOne) {
  const auto products = read(
      {product({{{"location", "Any"}, {"group", "AWS-Lambda-Requests"}}, {{"0", "0", "Requests"}}}),
       product({{{"regionCode", "us-east-1"}, {"group", "AWS-Lambda-Requests"}},
                {{"0", "0.0000002000", "Requests"}}})});
  const auto price = price_of(function_call(lambda::Architecture::x86_64, "us-east-1"), products);
  ASSERT_TRUE(price && *price);
  EXPECT_EQ((*price)->price, dollars(2e-7));
}

TEST(PriceList, SaysWhatIsWrongWithAnAnswer) {
  for (const char* text : {"", "[]", "<html>", "{", R"({"PriceList":{}})", R"({"PriceList":[7]})",
                           R"({"PriceList":["{"]})", R"({"PriceList":["[]"]})", "{}"}) {
    const auto page = read_get_products(text);
    ASSERT_FALSE(page) << text;
    EXPECT_EQ(page.error().code, ErrorCode::unavailable) << text;
    EXPECT_THAT(page.error().message, HasSubstr("answer of the Price List is not complete"))
        << text;
  }
}

TEST(PriceList, PassesOverWhatMakesNoSense) {
  Json odd = product({instance("odd"),
                      {{"0", "0.085", "Hrs"},
                       {"", "1", "Hrs"},
                       {"0", "-1", "Hrs"},
                       {"0", "1e999", "Hrs"},
                       {"x", "1", "Hrs"},
                       {"0", "nan", "Hrs"}}});
  odd["terms"]["OnDemand"]["a"] = 7;
  odd["terms"]["OnDemand"]["b"] = {{"priceDimensions", {{"c", "text"}, {"d", nullptr}}}};
  odd["product"]["attributes"]["vcpu"] = 2;
  odd["publicationDate"] = "yesterday or so";
  const auto products = read({odd});
  ASSERT_EQ(products.size(), 1u);
  EXPECT_EQ(products[0].tiers.size(), 1u);
  EXPECT_EQ(products[0].published, "");
}

}  // namespace
}  // namespace paragon::aws::price_list
