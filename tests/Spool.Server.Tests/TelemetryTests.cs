using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Spool.TestKit;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>Traces and metrics, and what a collector of them gets.</summary>
public sealed class TelemetryTests
{
    const string Token = "token-of-the-tests-0123456789";
    const string Secret = "what nobody else may read";

    [Theory]
    [InlineData("option")]
    [InlineData("variable")]
    [Guarantee("SRV-52")]
    public async Task A_collector_gets_spans_and_metrics_and_nothing_of_what_threads_say(string asked)
    {
        await using var collector = await FakeCollector.StartAsync();
        await using var home = new ServedHome();
        File.WriteAllText(Path.Join(home.Folder, "tokens"), Token);
        (string, string)[] variables =
            asked == "variable"
                ?
                [
                    ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address),
                    ("OTEL_SERVICE_NAME", "threads-of-tests"),
                    ("OTEL_METRIC_EXPORT_INTERVAL", "100"),
                ]
                : [];
        string[] options = asked == "option" ? ["--otlp", collector.Address] : [];
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        var parent = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        await using (var program = await home.ServeAsync(variables, ["--token-file", "tokens", .. options]))
        {
            using var channel = GrpcChannel.ForAddress(program.Address);
            var client = new Wire.ThreadStore.ThreadStoreClient(channel);
            var headers = new Metadata
            {
                { "authorization", "Bearer " + Token },
                { "traceparent", $"00-{parent.TraceId}-{parent.SpanId}-01" },
            };
            await client.OpenWriterAsync(Given.Create(thread, lease), headers);
            await client.AppendAsync(Given.Append(thread, lease, Secret), headers);
            await Given.RefusalOf(client.AppendAsync(Given.Append(thread, lease, Secret)));

            // What is measured by looking is there while the server runs; the rest at the latest when it stops.
            if (asked == "variable")
                await collector.GotAsync("spool.server.writers.open", "spool.server.requests.bytes");
            Assert.Equal((0, ""), await program.StopAsync(PosixSignal.SIGTERM));
        }

        var (traces, metrics) = (Encoding.Latin1.GetString(collector.Traces), Encoding.Latin1.GetString(collector.Metrics));
        Assert.Contains("spool.thread_store.v1.ThreadStore/Append", traces, StringComparison.Ordinal);
        Assert.Contains(parent.TraceId.ToHexString(), Convert.ToHexStringLower(collector.Traces), StringComparison.Ordinal);
        Assert.Contains(parent.SpanId.ToHexString(), Convert.ToHexStringLower(collector.Traces), StringComparison.Ordinal);
        foreach (var metric in (string[])["call.duration", "calls.active", "calls.refused", "items.appended", "bytes.appended"])
            Assert.Contains("spool.server." + metric, metrics, StringComparison.Ordinal);
        Assert.Contains(asked == "variable" ? "threads-of-tests" : "service.name", traces, StringComparison.Ordinal);
        foreach (var secret in (string[])[Secret, Token, home.Folder, thread, Environment.UserName + "/"])
            Assert.DoesNotContain(secret, Encoding.Latin1.GetString(collector.Everything), StringComparison.Ordinal);
    }

    [Fact]
    [Guarantee("SRV-53")]
    public async Task A_call_is_part_of_the_trace_that_its_caller_names_and_of_no_other()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ServerTelemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        // A log makes the web host begin activities of its own.
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Logging = logging => logging.AddProvider(new DeafLog()),
            }
        );
        var (trace, parent) = (ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom());

        await server.Spool.GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest());
        await server.Spool.GetCapabilitiesAsync(
            new Wire.GetCapabilitiesRequest(),
            new Metadata { { "traceparent", $"00-{trace}-{parent}-01" } }
        );
        await server.Spool.GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest(), new Metadata { { "traceparent", "nonsense" } });
        await server.StopAsync();

        var span = Assert.Single(spans, span => span.TraceId == trace);
        Assert.Equal(
            (parent, "spool.thread_store.v1.ThreadStore/GetCapabilities", ActivityKind.Server),
            (span.ParentSpanId, span.DisplayName, span.Kind)
        );
        Assert.True(spans.Count >= 3);
        Assert.All(spans.Where(other => other != span), other => Assert.Equal(default, other.ParentSpanId));
    }

    [Theory]
    [InlineData("closed")]
    [InlineData("mute")]
    [Guarantee("SRV-54")]
    public async Task A_collector_that_does_not_answer_delays_no_call_and_no_stop(string how)
    {
        // Whoever connects is neither accepted nor refused.
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        var port = ((IPEndPoint)mute.LocalEndpoint).Port;
        if (how == "closed")
            mute.Stop();
        await using var home = new ServedHome();
        await using var program = await home.ServeAsync("--otlp", $"http://127.0.0.1:{port}");
        using var channel = GrpcChannel.ForAddress(program.Address);
        var client = new Wire.ThreadStore.ThreadStoreClient(channel);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 3000; i++) // more than what may wait for the collector
            await client.GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest());
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"The calls took {clock.Elapsed}.");

        clock.Restart();
        Assert.Equal((0, ""), await program.StopAsync(PosixSignal.SIGTERM));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(8), $"The stop took {clock.Elapsed}.");
    }

    /// <summary>A log that is on and keeps nothing.</summary>
    sealed class DeafLog : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) { }

        public void Dispose() { }
    }
}
