// aws_probe KIND: answers each line of standard input (JSON) with a line of JSON.
#include <iostream>
#include <map>
#include <string>

#include "probe.h"

int main(int count, char** arguments) {
  using namespace paragon::aws::probe;
  const std::map<std::string, Json (*)(const Json&)> kinds = {{"sign", sign_request},
                                                              {"ec2-request", ec2_request},
                                                              {"ec2-answer", ec2_answer},
                                                              {"lambda-request", lambda_request},
                                                              {"lambda-answer", lambda_answer},
                                                              {"endpoint", endpoint_of},
                                                              {"profiles", profiles_of},
                                                              {"actions", actions_made},
                                                              {"price-request", price_request},
                                                              {"credentials", credentials_of},
                                                              {"words", words_of}};
  const auto kind = count == 2 ? kinds.find(arguments[1]) : kinds.end();
  if (kind == kinds.end()) {
    std::cerr << "usage: aws_probe KIND, KIND one of:";
    for (const auto& [name, function] : kinds) std::cerr << ' ' << name;
    std::cerr << '\n';
    return 2;
  }
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << kind->second(Json::parse(line)).dump() << '\n';
  }
}
