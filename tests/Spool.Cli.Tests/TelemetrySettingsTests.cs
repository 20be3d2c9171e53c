using Spool.TestKit;

namespace Spool.Cli.Tests;

/// <summary>When traces and metrics are sent, and where.</summary>
public sealed class TelemetrySettingsTests
{
    const string Any = "OTEL_EXPORTER_OTLP_ENDPOINT";
    const string Traces = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    const string Url = "http://127.0.0.1:4317";

    [Theory]
    [InlineData(false, false, null)]
    [InlineData(false, false, null, "OTEL_SERVICE_NAME=x")]
    [InlineData(true, true, Url)]
    [InlineData(true, true, null, Any + "=" + Url)]
    [InlineData(true, false, null, Traces + "=" + Url)]
    [InlineData(true, false, Url, "OTEL_METRICS_EXPORTER=none")]
    [InlineData(false, true, null, Any + "=" + Url, "OTEL_TRACES_EXPORTER=none")]
    [InlineData(false, false, null, Any + "=" + Url, "OTEL_SDK_DISABLED=true")]
    [InlineData(true, true, Url, "OTEL_SDK_DISABLED=true")]
    [Guarantee("SRV-55")]
    public void Nothing_is_sent_unless_it_is_asked_for(bool traces, bool metrics, string? url, params string[] variables)
    {
        var settings = TelemetrySettings.Of(url, Variables(variables));

        Assert.Equal((traces, metrics), (settings.Traces, settings.Metrics));
    }

    [Fact]
    public void The_option_goes_before_every_variable()
    {
        var settings = TelemetrySettings.Of(Url, Variables(Any + "=http://a:1", Traces + "=http://b:1", "OTEL_EXPORTER_OTLP_HEADERS=k=v"));

        Assert.Equal(Url, settings.Variables[Any]);
        Assert.False(settings.Variables.ContainsKey(Traces));
        Assert.Equal("k=v", settings.Variables["OTEL_EXPORTER_OTLP_HEADERS"]);
    }

    [Theory]
    [InlineData("--otlp", "127.0.0.1:4317")]
    [InlineData(Any, null, Any + "=localhost:4317")]
    [InlineData(Traces, null, Traces + "=ftp://localhost")]
    public void An_address_that_is_none_is_refused_by_the_name_of_what_gives_it(string name, string? url, params string[] variables)
    {
        var error = Assert.Throws<ThreadStoreException>(() => TelemetrySettings.Of(url, Variables(variables)));

        Assert.Equal(ThreadStoreErrorCode.InvalidRequest, error.Code);
        Assert.StartsWith(name, error.Message, StringComparison.Ordinal);
    }

    static Dictionary<string, string> Variables(params string[] variables) =>
        variables.Select(text => text.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
}
