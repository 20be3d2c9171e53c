using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Grpc.Core;
using Grpc.Net.Client;
using Spool.TestKit;
using Codex = Spool.Contracts.CodexV1;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>What whoever starts the program is told.</summary>
public sealed class ServeProgramTests
{
    [Theory]
    [InlineData(2, "has to be https", "--listen", "http://0.0.0.0:0")]
    [InlineData(2, "such as http://127.0.0.1:7070", "--listen", "nonsense")]
    [InlineData(2, "is there twice", "--listen", "http://127.0.0.1:7999", "--listen", "http://127.0.0.1:7999")]
    [InlineData(2, "--tls-cert and --tls-key", "--tls-cert", "server.pem")]
    [InlineData(2, "it does not exist", "--tls-cert", "missing.pem", "--tls-key", "missing.key")]
    [InlineData(2, "needs a certificate", "--listen", "https://127.0.0.1:0")]
    [InlineData(2, "it does not exist", "--token-file", "missing.txt")]
    [InlineData(2, "or it is a folder", "--token-file", ".")]
    [InlineData(2, "memory", "--store", "cloud")]
    [InlineData(2, "1 or more", "--max-calls", "0")]
    [InlineData(2, "1 or more", "--calls-per-second", "-5")]
    [InlineData(2, "--max-calls takes a whole number, not 'x'", "--max-calls", "x")]
    [InlineData(2, "--max-calls takes a whole number, not ''", "--max-calls", "")]
    [InlineData(2, "--max-calls takes a whole number, not '99999999999'", "--max-calls", "99999999999")]
    [InlineData(2, "--calls-per-second takes a whole number, not '1.5'", "--calls-per-second", "1.5")]
    [InlineData(2, "such as http://127.0.0.1:4317", "--otlp", "localhost:4317")]
    [InlineData(6, "not an address of this machine", "--listen", "http://192.0.2.1:0", "--insecure")]
    [Guarantee("SRV-44")]
    public async Task The_program_refuses_what_it_cannot_serve_in_one_sentence(int exitCode, string part, params string[] arguments)
    {
        await using var home = new ServedHome();

        var (code, words) = await home.RunAsync(arguments);

        Assert.True(exitCode == code, $"{code}: {words}");
        Assert.StartsWith("error: ", words, StringComparison.Ordinal);
        Assert.Contains(part, words, StringComparison.Ordinal);
        Assert.Single(words.TrimEnd('\n').Split('\n'), line => !line.StartsWith("hint: ", StringComparison.Ordinal));
    }

    [Theory, Guarantee("REMO-42")]
    [InlineData("")]
    [InlineData(" \n\t")]
    public async Task A_variable_of_tokens_that_is_empty_lets_nobody_in(string value)
    {
        await using var home = new ServedHome();

        var (code, words) = await home.RunAsync([("SPOOL_TOKENS", value)], "--listen", "http://127.0.0.1:0");

        Assert.Equal(
            (
                2,
                "error: SPOOL_TOKENS is set but empty; put a token into it, or unset it to let every client that reaches the server call.\n"
            ),
            (code, words)
        );
    }

    [Fact]
    public async Task A_home_that_is_no_folder_is_refused()
    {
        await using var home = new ServedHome();
        File.WriteAllText(Path.Join(home.Folder, "home"), "");

        var (code, words) = await home.RunAsync();

        Assert.Equal(
            (2, $"error: {home.Folder}/home is a file and not a folder; name the Codex home with --home or CODEX_HOME.\n"),
            (code, words)
        );
    }

    [Fact]
    [Guarantee("SRV-45")]
    public async Task A_port_that_is_in_use_is_told_of_and_the_home_is_served_at_another()
    {
        await using var home = new ServedHome();
        await using var first = await home.ServeAsync();

        var (code, words) = await home.RunAsync("--listen", first.Address);
        await using var second = await home.ServeAsync();

        Assert.Equal(
            (
                6,
                $"error: {first.Address} is in use by another program, or by a server that is already running; stop it, or listen on another port.\n"
            ),
            (code, words)
        );
        // Two servers of one home are like any two programs on it: a thread is written by one of them at a time, and read by both.
        using var one = GrpcChannel.ForAddress(first.Address);
        using var other = GrpcChannel.ForAddress(second.Address);
        var thread = Given.NewId();
        await new Codex.ThreadStore.ThreadStoreClient(one).AppendItemsAsync(Given.Items(thread, Given.UserMessage("one")));
        var refusal = await Given.RefusalOf(
            new Codex.ThreadStore.ThreadStoreClient(other).AppendItemsAsync(Given.Items(thread, Given.UserMessage("two")))
        );
        Assert.Equal(StatusCode.Aborted, refusal.StatusCode);
        Assert.Equal(
            2,
            (
                await new Codex.ThreadStore.ThreadStoreClient(other).LoadHistoryAsync(
                    new Codex.LoadThreadHistoryRequest { ThreadId = thread }
                )
            )
                .ItemsJson
                .Count
        );
    }

    [Fact]
    [Guarantee("SRV-46")]
    public async Task The_program_says_where_it_listens_what_it_serves_and_how_to_use_it()
    {
        await using var home = new ServedHome();
        await using var program = await home.ServeAsync();
        await using var memory = await home.ServeAsync("--store", "memory");

        Assert.Equal(
            [
                $"listening on {program.Address}",
                $"serving the home {home.Folder}/home (not there yet; it is made with the first thread)",
                $"  with Spool: spool --remote {program.Address} list",
                $"  with Codex 0.125, 0.128 and 0.129, in its config.toml: experimental_thread_store_endpoint = \"{program.Address}\"",
                "stop it with Ctrl-C or SIGTERM",
            ],
            program.Greeting
        );
        Assert.Equal("serving threads in memory; they end with the server", memory.Greeting[1]);
        Assert.NotEqual(0, new Uri(program.Address).Port);
    }

    [Fact]
    public async Task The_program_limits_calls_as_it_is_told()
    {
        await using var home = new ServedHome();
        await using var program = await home.ServeAsync("--calls-per-second", "1");
        using var channel = GrpcChannel.ForAddress(program.Address);
        var client = new Wire.ThreadStore.ThreadStoreClient(channel);

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(async _ =>
                {
                    try
                    {
                        await client.GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest());
                        return StatusCode.OK;
                    }
                    catch (RpcException e)
                    {
                        return e.StatusCode;
                    }
                })
        );

        Assert.Contains(StatusCode.OK, answers);
        Assert.Contains(StatusCode.ResourceExhausted, answers);
    }

    [Fact]
    [Guarantee("SRV-47")]
    public async Task A_second_signal_ends_a_program_that_waits_for_a_call()
    {
        await using var home = new ServedHome();
        await using var program = await home.ServeAsync();
        using var channel = GrpcChannel.ForAddress(program.Address, new GrpcChannelOptions { MaxReceiveMessageSize = null });
        var client = new Wire.ThreadStore.ThreadStoreClient(channel);
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        await client.OpenWriterAsync(Given.Create(thread, lease));
        for (var i = 0; i < 20; i++)
            await client.AppendAsync(Given.Append(thread, lease, new string('x', 1_000_000)));
        // A reader that does not read on: the connection is full, and the call waits.
        using var call = client.ReadHistory(new Wire.ReadHistoryRequest { ThreadId = thread }, cancellationToken: Given.Cancellation);
        Assert.True(await call.ResponseStream.MoveNext(Given.Cancellation));

        program.Signal(PosixSignal.SIGINT);
        await RefusesAsync(new Uri(program.Address));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var (code, _) = await program.StopAsync(PosixSignal.SIGINT);

        Assert.Equal(130, code);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"It took {clock.Elapsed}.");
    }

    [Fact]
    public async Task A_pipe_without_tokens_is_refused_and_a_signal_ends_the_wait_for_them()
    {
        await using var home = new ServedHome();
        Pipe(home, "tokens");
        using var program = home.Start(["--token-file", "tokens"]);
        await Task.Delay(TimeSpan.FromSeconds(1), Given.Cancellation); // nothing tells from outside that it waits

        Assert.Equal(0, ServedHome.ServedProgram.SendSignal(program.Id, 15));
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Given.Cancellation);
        timeout.CancelAfter(TimeSpan.FromSeconds(8));
        await program.WaitForExitAsync(timeout.Token);
        var (code, words) = await home.RunAsync("--token-file", "tokens");

        Assert.Equal(
            (2, "error: The file tokens cannot be read: it is a pipe, and no program writes into it to its end.\n"),
            (code, words)
        );
    }

    [Fact]
    public async Task A_pipe_is_read_once_and_one_that_takes_the_place_of_the_tokens_changes_nothing()
    {
        const string Token = "0123456789abcdef";
        await using var home = new ServedHome();
        Pipe(home, "pipe");
        var written = Task.Run(() => File.WriteAllText(Path.Join(home.Folder, "pipe"), Token), Given.Cancellation);
        await using var piped = await home.ServeAsync("--token-file", "pipe");
        await written;
        var file = Path.Join(home.Folder, "tokens");
        await File.WriteAllTextAsync(file, Token, Given.Cancellation);
        await using var program = await home.ServeAsync("--token-file", "tokens", "--store", "memory");
        Pipe(home, "other");
        File.Move(Path.Join(home.Folder, "other"), file, overwrite: true);

        Assert.Contains("it is a pipe now", await program.ReadLineAsync(), StringComparison.Ordinal);
        foreach (var one in (ServedHome.ServedProgram[])[piped, program])
        {
            using var channel = GrpcChannel.ForAddress(one.Address);
            var client = new Wire.ThreadStore.ThreadStoreClient(channel);
            Assert.NotNull(
                await client.GetCapabilitiesAsync(
                    new Wire.GetCapabilitiesRequest(),
                    new Metadata { { "authorization", "Bearer " + Token } }
                )
            );
            Assert.Equal((0, ""), await one.StopAsync(PosixSignal.SIGTERM));
        }
    }

    static void Pipe(ServedHome home, string name)
    {
        using var process = System.Diagnostics.Process.Start("mkfifo", [Path.Join(home.Folder, name)]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    static async Task RefusesAsync(Uri address)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Given.Cancellation);
        timeout.CancelAfter(TimeSpan.FromSeconds(20));
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, address.Port, timeout.Token);
            }
            catch (SocketException)
            {
                return;
            }
        }
    }
}
