using System.Runtime.InteropServices;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Spool.TestKit;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>Tokens that change while the server runs.</summary>
public sealed class TokenRotationTests
{
    const string Old = "old-token-0123456789";
    const string New = "new-token-0123456789";
    const string Kept = "kept-token-0123456789";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30); // for what is to happen at once, and would never happen if it did not

    [Fact]
    [Guarantee("SRV-36")]
    public async Task A_token_is_added_and_another_taken_away_while_the_server_runs()
    {
        var source = new ChangingSource<TokenTable>();
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Tokens = TokenTable.Parse($"{Old}\n{Kept}"),
                RereadTokens = source.ReadAsync,
                Time = source.Time,
            }
        );
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        await Client(server, Kept).OpenWriterAsync(Given.Create(thread, lease));
        using var leaving = Client(server, Old).WatchWriter(Given.Writer(thread, lease), cancellationToken: Given.Cancellation);
        using var staying = Client(server, Kept).StreamAppends(cancellationToken: Given.Cancellation);
        Assert.True(await leaving.ResponseStream.MoveNext(Given.Cancellation));
        await AppendAsync();

        await source.GiveAsync(TokenTable.Parse($"{Kept}\n{New}"));

        await AskAsync(server, New);
        await AskAsync(server, Kept);
        Assert.Equal(
            StatusCode.Unauthenticated,
            (await Given.RefusalOf(Client(server, Old).GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest()))).StatusCode
        );
        await Assert.ThrowsAsync<RpcException>(() => leaving.ResponseStream.MoveNext(Given.Cancellation).WaitAsync(Patience));
        await AppendAsync(); // a stream of a token that stays goes on

        async Task AppendAsync()
        {
            await staying.RequestStream.WriteAsync(Given.Append(thread, lease, "one"), Given.Cancellation);
            Assert.True(await staying.ResponseStream.MoveNext(Given.Cancellation));
        }
    }

    [Fact]
    [Guarantee("REMO-71")]
    public async Task Streams_whose_token_is_taken_away_are_told_so_and_none_of_it_is_an_error_in_the_log()
    {
        var source = new ChangingSource<TokenTable>();
        using var log = new ListLog();
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Tokens = TokenTable.Parse($"{Old}\n{Kept}"),
                RereadTokens = source.ReadAsync,
                Time = source.Time,
                Logging = logging => logging.AddProvider(log),
            }
        );
        var client = Client(server, Old);
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        await client.OpenWriterAsync(Given.Create(thread, lease));
        using var idle = client.StreamAppends(cancellationToken: Given.Cancellation);
        using var appends = client.StreamAppends(cancellationToken: Given.Cancellation);
        await appends.RequestStream.WriteAsync(Given.Append(thread, lease, "one"), Given.Cancellation);
        Assert.True(await appends.ResponseStream.MoveNext(Given.Cancellation));
        using var watch = client.WatchWriter(Given.Writer(thread, lease), cancellationToken: Given.Cancellation);
        Assert.True(await watch.ResponseStream.MoveNext(Given.Cancellation));
        using var watches = client.WatchWriters(cancellationToken: Given.Cancellation);
        await watches.RequestStream.WriteAsync(new Wire.WatchRequest { ThreadId = thread, LeaseId = lease.ToString() }, Given.Cancellation);
        using var reflection = new Grpc.Reflection.V1Alpha.ServerReflection.ServerReflectionClient(
            server.Connect(Old)
        ).ServerReflectionInfo(cancellationToken: Given.Cancellation);
        await reflection.RequestStream.WriteAsync(
            new Grpc.Reflection.V1Alpha.ServerReflectionRequest { ListServices = "" },
            Given.Cancellation
        );
        Assert.True(await reflection.ResponseStream.MoveNext(Given.Cancellation));

        await source.GiveAsync(TokenTable.Parse(Kept));

        IAsyncStreamReader<object>[] streams =
        [
            idle.ResponseStream,
            appends.ResponseStream,
            watch.ResponseStream,
            watches.ResponseStream,
            reflection.ResponseStream,
        ];
        foreach (var stream in streams)
        {
            var end = await Assert.ThrowsAsync<RpcException>(() => stream.MoveNext(Given.Cancellation).WaitAsync(Patience));
            Assert.Equal(StatusCode.Unauthenticated, end.StatusCode);
            Assert.True(WireErrors.IsFromStore(end));
        }
        await server.StopAsync();
        Assert.Empty(log.Errors);
    }

    [Fact]
    [Guarantee("SRV-37")]
    public async Task A_token_that_may_only_read_from_now_on_writes_no_more()
    {
        var source = new ChangingSource<TokenTable>();
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Tokens = TokenTable.Parse(Old),
                RereadTokens = source.ReadAsync,
                Time = source.Time,
            }
        );
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        await Client(server, Old).OpenWriterAsync(Given.Create(thread, lease));
        using var stream = Client(server, Old).StreamAppends(cancellationToken: Given.Cancellation);
        await stream.RequestStream.WriteAsync(Given.Append(thread, lease, "one"), Given.Cancellation);
        Assert.True(await stream.ResponseStream.MoveNext(Given.Cancellation));

        await source.GiveAsync(TokenTable.Parse($"{Old} read"));

        await AskAsync(server, Old);
        Assert.Equal(
            StatusCode.PermissionDenied,
            (await Given.RefusalOf(Client(server, Old).AppendAsync(Given.Append(thread, lease, "two")))).StatusCode
        );
        await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext(Given.Cancellation).WaitAsync(Patience));
    }

    [Fact]
    [Guarantee("SRV-38")]
    public async Task New_tokens_that_are_wrong_are_refused_as_a_whole_and_those_before_stay_valid()
    {
        var source = new ChangingSource<TokenTable>();
        using var log = new ListLog();
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Tokens = TokenTable.Parse(Old),
                RereadTokens = source.ReadAsync,
                Time = source.Time,
                Logging = logging => logging.AddProvider(log),
            }
        );

        await source.GiveAsync(() => TokenTable.Parse($"{New}\nshort"));
        await source.GiveAsync(() => throw new InvalidOperationException("a bug"));

        await AskAsync(server, Old);
        Assert.Equal(
            StatusCode.Unauthenticated,
            (await Given.RefusalOf(Client(server, New).GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest()))).StatusCode
        );
        Assert.Equal(
            [
                "The new tokens are refused, and those before stay valid: The token in line 2 is shorter than 16 characters.",
                "Looking after the tokens failed, and they stay as they are",
            ],
            log.Errors
        );
    }

    [Fact]
    [Guarantee("SRV-39")]
    public async Task The_program_follows_its_file_of_tokens()
    {
        await using var home = new ServedHome();
        var file = Path.Join(home.Folder, "tokens");
        Put($"{Old} write ann");
        await using var program = await home.ServeAsync("--token-file", "tokens");
        using var channel = GrpcChannel.ForAddress(program.Address);
        var client = new Wire.ThreadStore.ThreadStoreClient(channel);
        await AskAsync(Old);

        Put($"{Old} write ann\n{New} read ann");
        await Until.NotRefusedAsync(() => AskAsync(New), StatusCode.Unauthenticated);
        await AskAsync(Old);

        // Half a file, a second tenant, another tenant for the same home, no file: each is told of once, and the tokens stay.
        foreach (var wrong in (string?[])["short", $"{Kept} ann\n{Old} bob", $"{Kept} bob", null])
        {
            if (wrong is null)
                File.Delete(file);
            else
                Put(wrong);
            var line = await program.ReadLineAsync();
            Assert.Contains("The new tokens are refused", line, StringComparison.Ordinal);
            Assert.DoesNotContain("token-0123456789", line, StringComparison.Ordinal);
            await AskAsync(Old);
            Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => AskAsync(Kept))).StatusCode);
        }

        Put($"{Kept} ann");
        await Until.NotRefusedAsync(() => AskAsync(Kept), StatusCode.Unauthenticated);
        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => AskAsync(Old))).StatusCode);
        Assert.Equal((0, ""), await program.StopAsync(PosixSignal.SIGTERM));

        Task<Wire.Capabilities> AskAsync(string token) =>
            client
                .GetCapabilitiesAsync(
                    new Wire.GetCapabilitiesRequest(),
                    new Metadata { { "authorization", "Bearer " + token } },
                    cancellationToken: Given.Cancellation
                )
                .ResponseAsync;

        // As a whole, like whoever does it in earnest.
        void Put(string text)
        {
            File.WriteAllText(file + ".new", text);
            File.Move(file + ".new", file, overwrite: true);
        }
    }

    static Wire.ThreadStore.ThreadStoreClient Client(RunningServer server, string token) => new(server.Connect(token));

    static async Task AskAsync(RunningServer server, string token) =>
        Assert.NotNull(await Client(server, token).GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest()));
}
