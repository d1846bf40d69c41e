# A browser for an application in this process, by Rack alone: it keeps cookies, follows nothing, and shows what it was answered.
require "rack"
require "rack/mock_request" if Rack.release >= "3"

class Browser
  attr_reader :answer

  def initialize(application, base)
    @rack = Rack::MockRequest.new(application)
    @base = base
    @cookies = {}
  end

  def get(path) = request("GET", path)
  def post(path, fields) = request("POST", path, params: fields)
  def put(path, fields) = request("PUT", path, params: fields)

  # Where it was sent to, without scheme and host; nil when it was shown a page.
  def sent_to
    location = @answer.headers["Location"] || @answer.headers["location"]
    location&.delete_prefix(@base)
  end

  private

  def request(method, path, more = {})
    cookies = @cookies.map { |name, value| "#{name}=#{value}" }.join("; ")
    @answer = @rack.request(method, @base + path.delete_prefix(@base), { "HTTP_COOKIE" => cookies, fatal: true, **more })
    set = @answer.headers["Set-Cookie"] || @answer.headers["set-cookie"] || []
    (set.is_a?(Array) ? set : set.split("\n")).each do |line|
      name, value = line.split(";").first.split("=", 2)
      @cookies[name] = value
    end
    raise "#{method} #{path}: #{@answer.status}\n#{@answer.body[0, 2000]}" if @answer.status >= 500
    @answer
  end
end
