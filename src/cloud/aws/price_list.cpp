#include "cloud/aws/price_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/decimal.h"
#include "cloud/aws/json_request.h"

namespace paragon::aws::price_list {
namespace {

using Json = nlohmann::json;

constexpr int kPageSize = 100;  // AWS's most

Error incomplete(const std::string& what) {
  return {ErrorCode::unavailable, "answer of the Price List is not complete: " + what};
}

// Readers that pass over what is missing or of another type.
std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const Json& object_of(const Json& object, const char* name) {
  static const Json empty = Json::object();
  const auto found = object.find(name);
  return found != object.end() && found->is_object() ? *found : empty;
}

std::optional<double> number_of(const std::string& text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || !std::isfinite(value) ||
      value < 0)
    return std::nullopt;
  return value;
}

std::vector<Tier> tiers_of(const Json& product) {
  std::vector<Tier> out;
  for (const Json& term : object_of(object_of(product, "terms"), "OnDemand")) {
    if (!term.is_object()) continue;
    for (const Json& dimension : object_of(term, "priceDimensions")) {
      if (!dimension.is_object()) continue;
      const auto begins = number_of(text_of(dimension, "beginRange"));
      const auto usd = number_of(text_of(object_of(dimension, "pricePerUnit"), "USD"));
      if (begins && usd) out.push_back({*begins, dollars(*usd), text_of(dimension, "unit")});
    }
  }
  return out;
}

// "2026-02-01T00:00:00Z" without its time.
std::string date_of(const std::string& moment) {
  const std::string date = moment.substr(0, 10);
  for (std::size_t i = 0; i < date.size(); ++i) {
    if (i == 4 || i == 7 ? date[i] != '-' : date[i] < '0' || date[i] > '9') return "";
  }
  return date.size() == 10 ? date : "";
}

Result<Product> read_product(const Json& item) {
  // Each is a text that holds JSON.
  const Json product =
      item.is_string() ? Json::parse(item.get_ref<const std::string&>(), nullptr, false) : item;
  if (!product.is_object()) return incomplete("a product that is not a JSON object");
  Product out;
  const Json& attributes = object_of(object_of(product, "product"), "attributes");
  for (const auto& [name, value] : attributes.items())
    if (value.is_string()) out.attributes.emplace(name, value.get<std::string>());
  out.tiers = tiers_of(product);
  out.published = date_of(text_of(product, "publicationDate"));
  return out;
}

std::string attribute(const Product& product, const std::string& name) {
  const auto found = product.attributes.find(name);
  return found == product.attributes.end() ? std::string() : found->second;
}

bool is_asked_for(const GetProducts& question, const Product& product) {
  // Blocks of capacity and the like, and zones that are a region's only by name.
  const std::string option = attribute(product, "marketoption");
  const std::string place = attribute(product, "locationType");
  if (!option.empty() && option != "OnDemand") return false;
  if (!place.empty() && place != "AWS Region") return false;
  return std::ranges::all_of(question.wanted, [&](const auto& one) {
    return attribute(product, one.first) == one.second;
  });
}

// A free tier is no price.
std::optional<Dollars> first_paid(const GetProducts& question, const Product& product) {
  const Tier* first = nullptr;
  for (const Tier& tier : product.tiers) {
    if (tier.price <= Dollars{} || (!question.unit.empty() && tier.unit != question.unit)) continue;
    if (first == nullptr || tier.begins < first->begins) first = &tier;
  }
  return first == nullptr ? std::nullopt : std::optional(first->price);
}

GetProducts of_functions(const char* group, const char* what, lambda::Architecture architecture,
                         const std::string& region) {
  const bool arm = architecture == lambda::Architecture::arm64;
  return {"AWSLambda",
          {{"regionCode", region}, {"group", fmt::format("{}{}", group, arm ? "-ARM" : "")}},
          "",
          fmt::format("{} ({}) in {}", what, lambda::name(architecture), region),
          ""};
}

}  // namespace

GetProducts instance_hour(const std::string& type, const std::string& region) {
  return {"AmazonEC2",
          {{"regionCode", region},
           {"instanceType", type},
           {"operatingSystem", "Linux"},
           {"tenancy", "Shared"},
           {"preInstalledSw", "NA"},
           {"capacitystatus", "Used"}},
          "Hrs",
          fmt::format("{} in {}", type, region),
          ""};
}

GetProducts function_gb_second(lambda::Architecture architecture, const std::string& region) {
  return of_functions("AWS-Lambda-Duration", "a GB-second of Lambda", architecture, region);
}

GetProducts function_call(lambda::Architecture architecture, const std::string& region) {
  return of_functions("AWS-Lambda-Requests", "a call of Lambda", architecture, region);
}

GetProducts provisioned_gb_second(lambda::Architecture architecture, const std::string& region) {
  return of_functions("AWS-Lambda-Provisioned-Concurrency",
                      "a GB-second of Lambda kept provisioned", architecture, region);
}

GetProducts provisioned_run_gb_second(lambda::Architecture architecture,
                                      const std::string& region) {
  return of_functions("AWS-Lambda-Duration-Provisioned",
                      "a GB-second of calls of Lambda kept provisioned", architecture, region);
}

ServiceRequest request(const std::string& host, const GetProducts& question) {
  Json body = {{"ServiceCode", question.service},
               {"FormatVersion", "aws_v1"},
               {"MaxResults", kPageSize},
               {"Filters", Json::array()}};
  for (const auto& [name, value] : question.wanted)
    body["Filters"].push_back({{"Type", "TERM_MATCH"}, {"Field", name}, {"Value", value}});
  if (!question.next_token.empty()) body["NextToken"] = question.next_token;
  return json_request(host, "AWSPriceListService.GetProducts",
                      body.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Result<ProductPage> read_get_products(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object())
    return incomplete(fmt::format("{} bytes that are not a JSON object", text.size()));
  const auto list = json.find("PriceList");
  if (list == json.end() || !list->is_array()) return incomplete("no PriceList");
  ProductPage out;
  for (const Json& item : *list) {
    auto product = read_product(item);
    if (!product) return product.error();
    out.products.push_back(std::move(*product));
  }
  out.next_token = text_of(json, "NextToken");
  return out;
}

Result<std::optional<ListPrice>> price_of(const GetProducts& question,
                                          const std::vector<Product>& products) {
  std::optional<ListPrice> found;
  for (const Product& product : products) {
    if (!is_asked_for(question, product)) continue;
    const auto price = first_paid(question, product);
    if (!price) continue;
    if (found && found->price != *price) {
      return Error{
          ErrorCode::unavailable,
          fmt::format("the price list has several prices of {}: ${} and ${}", question.what,
                      decimal_text(found->price.value), decimal_text(price->value))};
    }
    if (!found) found = ListPrice{*price, product.published};
  }
  return found;
}

}  // namespace paragon::aws::price_list
