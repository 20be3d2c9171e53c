using CsCheck;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.Logging;
using Spool.TestKit;
using Codex = Spool.Contracts.CodexV1;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>Whatever is sent: a status that fits, a message without what was sent, and a server that goes on.</summary>
public sealed class BadInputTests
{
    const string Secret = "\u2603-secret-/etc/passwd";

    static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("SPOOL_FUZZ_ROUNDS"), out var rounds) ? rounds : 60;

    static readonly StatusCode[] Fitting =
    [
        StatusCode.OK,
        StatusCode.InvalidArgument,
        StatusCode.NotFound,
        StatusCode.Aborted,
        StatusCode.AlreadyExists,
        StatusCode.FailedPrecondition,
        StatusCode.Unimplemented,
        StatusCode.ResourceExhausted,
    ];

    public static TheoryData<string> Methods => [.. RawCalls.Methods.Select(method => method.FullName)];

    [Fact, Guarantee("REMO-91")]
    public async Task That_a_store_cannot_be_used_is_said_in_the_log_once_a_minute()
    {
        using var log = new ListLog();
        await using var memory = new InMemoryThreadStore();
        var away = new AwayStore(memory);
        await using var server = await RunningServer.StartAsync(
            away,
            options => options with { Logging = logging => logging.AddProvider(log) }
        );
        for (var call = 0; call < 3; call++)
        {
            away.Next = new ThreadStoreException(ThreadStoreErrorCode.Unavailable, "The home is no longer there.");
            await Given.RefusalOf(server.Spool.FindThreadAsync(new Wire.FindThreadRequest { ThreadId = Given.NewId() }));
        }

        Assert.Contains("The home is no longer there.", Assert.Single(log.Warnings), StringComparison.Ordinal);
    }

    [Theory, Guarantee("REMO-92")]
    [InlineData(-1)]
    [InlineData(1L + int.MaxValue)]
    [InlineData(long.MaxValue)]
    public async Task A_number_that_no_stream_has_is_refused_and_ends_no_stream(long number)
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var (thread, lease) = (Given.NewId(), Guid.NewGuid());
        await server.Spool.OpenWriterAsync(Given.Create(thread, lease));

        var after = Given.Create(thread, lease);
        after.AfterStream = number;
        Assert.Equal(StatusCode.InvalidArgument, (await Given.RefusalOf(server.Spool.OpenWriterAsync(after))).StatusCode);
        using (var wrong = server.Spool.StreamAppends())
        {
            var first = Given.Append(thread, lease, "wrong");
            first.Stream = number;
            await wrong.RequestStream.WriteAsync(first, Given.Cancellation);
            Assert.Equal(
                StatusCode.InvalidArgument,
                (await Assert.ThrowsAsync<RpcException>(() => wrong.ResponseStream.MoveNext(Given.Cancellation))).StatusCode
            );
        }

        using var stream = server.Spool.StreamAppends();
        await stream.RequestStream.WriteAsync(Given.Append(thread, lease, "right"), Given.Cancellation);
        Assert.True(await stream.ResponseStream.MoveNext(Given.Cancellation));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    [Guarantee("SRV-02")]
    public async Task Every_field_may_hold_anything(string name)
    {
        var method = RawCalls.Methods.Single(method => method.FullName == name);
        await using var server = await RunningServer.StartInMemoryAsync();
        var thread = await StoredAsync(server);

        foreach (var message in Messages(method.InputType, thread))
            await AssertFittingAsync(server, method, message.ToByteArray());

        await AssertUnharmedAsync(server, thread);
    }

    [Fact]
    public async Task A_list_with_too_many_values_of_a_filter_is_refused_by_both_contracts()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        string[] many = [.. Enumerable.Range(0, 100_000).Select(number => $"s{number}")];
        var most = many[..ThreadQuery.MaxFilterValues];
        async Task<StatusCode> SpoolAsync(Contracts.SpoolV1.ListThreadsRequest request)
        {
            request.Limit = 5;
            using var call = server.Spool.ListThreads(request, cancellationToken: Given.Cancellation);
            try
            {
                await call.ResponseStream.MoveNext(Given.Cancellation);
                return StatusCode.OK;
            }
            catch (RpcException e)
            {
                return e.StatusCode;
            }
        }

        foreach (var (values, status) in ((string[], StatusCode)[])[(many, StatusCode.InvalidArgument), (most, StatusCode.OK)])
        {
            Assert.Equal(status, await SpoolAsync(new Contracts.SpoolV1.ListThreadsRequest { Sources = { values } }));
            Assert.Equal(status, await SpoolAsync(new Contracts.SpoolV1.ListThreadsRequest { ModelProviders = { values } }));
            Assert.Equal(status, await SpoolAsync(new Contracts.SpoolV1.ListThreadsRequest { Cwds = { values } }));
        }
        foreach (
            var request in (Codex.ListThreadsRequest[])
                [
                    new() { AllowedSources = { many.Select(_ => new Codex.SessionSource { Kind = Codex.SessionSourceKind.Cli }) } },
                    new() { ModelProviderFilter = new Codex.ModelProviderFilter { Values = { many } } },
                    new() { CwdFilter = new Codex.CwdFilter { Values = { many } } },
                ]
        )
            Assert.Equal(StatusCode.InvalidArgument, (await Given.RefusalOf(server.Codex.ListThreadsAsync(request))).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("000000000A0A")]
    [InlineData("00000000000000000000")]
    [InlineData("0000000000000000")]
    [InlineData("0700000000")]
    [InlineData("00000000040B0B0B0B")]
    [InlineData("00FFFFFFFF0A")]
    [Guarantee("REMO-73")]
    public async Task A_body_that_is_not_one_message_is_refused_by_its_own_words_and_is_no_error_in_the_log(string body)
    {
        using var log = new ListLog();
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Logging = logging => logging.AddProvider(log),
            }
        );
        using var client = new HttpClient();
        foreach (
            var method in (string[])
                [
                    "spool.thread_store.v1.ThreadStore/Append",
                    "codex.thread_store.v1.ThreadStore/AppendItems",
                    "spool.thread_store.v1.ThreadStore/ReadHistory",
                ]
        )
        {
            using var content = new ByteArrayContent(Convert.FromHexString(body));
            content.Headers.ContentType = new("application/grpc");
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{server.Address}/{method}")
            {
                Version = new Version(2, 0),
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = content,
            };

            using var response = await client.SendAsync(request, Given.Cancellation);

            await response.Content.ReadAsByteArrayAsync(Given.Cancellation);
            Assert.Equal(((int)StatusCode.InvalidArgument).ToString(System.Globalization.CultureInfo.InvariantCulture), Of("grpc-status"));
            Assert.NotNull(Of("grpc-status-details-bin"));

            string? Of(string name) =>
                (response.Headers.TryGetValues(name, out var values) || response.TrailingHeaders.TryGetValues(name, out values))
                    ? values.Single()
                    : null;
        }
        await server.StopAsync();
        Assert.Empty(log.Errors);
    }

    [Fact]
    [Guarantee("REMO-74")]
    public async Task An_append_alone_that_asks_for_what_only_a_stream_does_is_refused()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        await server.Spool.OpenWriterAsync(Given.Create(thread, lease));

        foreach (
            var change in (Action<Contracts.SpoolV1.AppendRequest>[])
                [request => request.Persist = true, request => request.Update = new(), request => request.Stream = 3]
        )
        {
            var append = Given.Append(thread, lease, "one");
            change(append);
            Assert.Equal(StatusCode.InvalidArgument, (await Given.RefusalOf(server.Spool.AppendAsync(append))).StatusCode);
        }
        await server.Spool.PersistWriterAsync(Given.Writer(thread, lease));
        Assert.Single(await server.Spool.HistoryAsync(thread));
    }

    [Fact]
    [Guarantee("REMO-75")]
    public async Task A_stream_that_a_later_one_has_followed_is_told_so_and_not_that_the_server_stops()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        await server.Spool.OpenWriterAsync(Given.Create(thread, lease));
        using var earlier = await BeginAsync(5);
        Assert.True(await earlier.ResponseStream.MoveNext(Given.Cancellation));
        using var later = await BeginAsync(6);
        Assert.True(await later.ResponseStream.MoveNext(Given.Cancellation));
        using var old = await BeginAsync(4);

        foreach (var call in (AsyncDuplexStreamingCall<Contracts.SpoolV1.AppendRequest, Contracts.SpoolV1.AppendResponse>[])[earlier, old])
        {
            var end = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Given.Cancellation));
            Assert.Equal(StatusCode.Aborted, end.StatusCode);
            Assert.False(Contracts.WireErrors.IsStopping(end));
        }

        async Task<AsyncDuplexStreamingCall<Contracts.SpoolV1.AppendRequest, Contracts.SpoolV1.AppendResponse>> BeginAsync(int number)
        {
            var call = server.Spool.StreamAppends(cancellationToken: Given.Cancellation);
            var append = Given.Append(thread, lease, "one");
            append.Stream = number;
            await call.RequestStream.WriteAsync(append, Given.Cancellation);
            return call;
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    [Guarantee("SRV-03")]
    public async Task Random_bytes_are_no_message(string name)
    {
        var method = RawCalls.Methods.Single(method => method.FullName == name);
        await using var server = await RunningServer.StartInMemoryAsync();
        var thread = await StoredAsync(server);

        await Gen.Byte.Array[0, 200].SampleAsync(bytes => AssertFittingAsync(server, method, bytes), iter: Rounds, threads: 1);
        var whole = Messages(method.InputType, thread)
            .Select(message => message.ToByteArray())
            .Where(bytes => bytes.Length is > 0 and < 1000)
            .Append([0x0A, 0])
            .ToList();
        await Gen.Select(Gen.Int[0, whole.Count - 1], Gen.Select(Gen.Int[0, 999], Gen.Byte).Array[1, 5])
            .SampleAsync(
                (chosen, changes) => AssertFittingAsync(server, method, Changed(whole[chosen], changes)),
                iter: Rounds,
                threads: 1
            );

        await AssertUnharmedAsync(server, thread);
    }

    [Fact]
    public async Task A_message_that_is_none_is_an_invalid_argument()
    {
        await using var server = await RunningServer.StartInMemoryAsync();

        foreach (var method in RawCalls.Methods)
        {
            var status = await RawCalls.SendAsync(server.Channel, method, [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]);
            Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"type":"event_msg"}""")]
    [InlineData("""{"type":"event_msg","payload":null}""")]
    [InlineData("""{"type":"event_msg","payload":{}} {}""")]
    [InlineData("""{"type":"event_msg","payload":{"type":"user_message"}""")]
    [InlineData("""{"type":7,"payload":{}}""")]
    [InlineData("""{"type":"Event Msg","payload":{}}""")]
    [InlineData("""{"payload":{}}""")]
    public async Task A_malformed_item_is_refused_and_nothing_of_its_request_is_kept(string item)
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var thread = await StoredAsync(server);
        var before = (await server.Spool.HistoryAsync(thread)).Count;

        var refusal = await Given.RefusalOf(server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("whole"), item)));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Equal(before, (await server.Spool.HistoryAsync(thread)).Count);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("""{"cwd":"/w" """)]
    [InlineData("{} {}")]
    [Guarantee("SRV-17")]
    public async Task Malformed_json_in_any_field_is_refused_and_leaves_nothing(string json)
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var stored = await StoredAsync(server);
        var before = (await server.Spool.HistoryAsync(stored)).Count;

        foreach (
            var set in (Action<Codex.CreateThreadRequest>[])
                [
                    request => request.MetadataJson = json,
                    request => request.BaseInstructionsJson = json,
                    request => request.DynamicToolsJson.Add(json),
                ]
        )
        {
            var announcement = Given.Announcement(Given.NewId());
            set(announcement);
            Assert.Equal(StatusCode.InvalidArgument, (await Given.RefusalOf(server.Codex.CreateThreadAsync(announcement))).StatusCode);
            Assert.Equal(
                StatusCode.NotFound,
                (await Given.RefusalOf(server.Codex.PersistThreadAsync(Given.Thread(announcement.ThreadId)))).StatusCode
            );
        }
        foreach (
            var resume in (Codex.ResumeThreadRequest[])
                [
                    new() { ThreadId = stored, MetadataJson = json },
                    new()
                    {
                        ThreadId = stored,
                        HasHistory = true,
                        HistoryJson = { json },
                    },
                ]
        )
            Assert.Equal(StatusCode.InvalidArgument, (await Given.RefusalOf(server.Codex.ResumeThreadAsync(resume))).StatusCode);
        Assert.Equal(
            StatusCode.InvalidArgument,
            (await Given.RefusalOf(server.Codex.AppendItemsAsync(Given.Items(stored, json)))).StatusCode
        );
        Assert.Equal(before, (await server.Spool.HistoryAsync(stored)).Count);
        await AssertUnharmedAsync(server, stored);
    }

    static byte[] Changed(byte[] message, (int At, byte Value)[] changes)
    {
        byte[] changed = [.. message];
        foreach (var (at, value) in changes)
            changed[at % changed.Length] = value;
        return changed;
    }

    static async Task<string> StoredAsync(RunningServer server)
    {
        var thread = Given.NewId();
        await server.Codex.CreateThreadAsync(Given.Announcement(thread));
        await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("hello")));
        return thread;
    }

    static async Task AssertFittingAsync(RunningServer server, MethodDescriptor method, byte[] message)
    {
        var status = await RawCalls.SendAsync(server.Channel, method, message);

        Assert.True(Fitting.Contains(status.StatusCode), $"{method.FullName} answered {status} to {Convert.ToHexString(message)}.");
        Assert.DoesNotContain("secret", status.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("/etc", status.Detail, StringComparison.Ordinal);
    }

    static async Task AssertUnharmedAsync(RunningServer server, string thread)
    {
        Assert.Equal(
            HealthCheckResponse.Types.ServingStatus.Serving,
            (await new Health.HealthClient(server.Channel).CheckAsync(new HealthCheckRequest())).Status
        );
        Assert.NotNull((await server.Spool.FindThreadAsync(new Contracts.SpoolV1.FindThreadRequest { ThreadId = thread })));
    }

    // Nothing at all; a valid id and nothing else; and for each field each kind of value, with the other fields as they are in a usual
    // request.
    static IEnumerable<IMessage> Messages(MessageDescriptor type, string thread)
    {
        yield return type.Parser.ParseFrom([]);
        yield return Usual(type, thread);
        foreach (var field in type.Fields.InFieldNumberOrder())
        {
            foreach (var value in Values(field))
            {
                var message = Usual(type, thread);
                if (field.IsMap)
                    continue;
                if (field.IsRepeated)
                {
                    var list = (System.Collections.IList)field.Accessor.GetValue(message);
                    list.Add(value);
                    list.Add(value);
                }
                else
                    field.Accessor.SetValue(message, value);
                yield return message;
            }
        }
    }

    static IMessage Usual(MessageDescriptor type, string thread)
    {
        var message = type.Parser.ParseFrom([]);
        if (type.FindFieldByName("thread_id") is { } id)
            id.Accessor.SetValue(message, thread);
        if (type.FindFieldByName("lease_id") is { } lease)
            lease.Accessor.SetValue(message, Guid.Empty.ToString());
        if (type.FindFieldByName("limit") is { } limit)
            limit.Accessor.SetValue(message, 5);
        return message;
    }

    static IEnumerable<object> Values(FieldDescriptor field) =>
        field.FieldType switch
        {
            FieldType.String =>
            [
                Secret,
                "",
                new string('x', 100_000),
                "{",
                "[]",
                "01a20428-d3ad-73a1-92e6-c2af64741e38",
                "01A20428-D3AD-73A1-92E6-C2AF64741E38 ",
                "2026-11-22T17:41:43.999Z",
                "\0\n\u202E",
            ],
            FieldType.Bytes => [ByteString.CopyFromUtf8(Secret), ByteString.CopyFrom(0xFF, 0xFE, 0)],
            FieldType.Bool => [true],
            FieldType.Enum => [7777, -1],
            FieldType.Int32 => [int.MinValue, -1, 0, int.MaxValue],
            FieldType.UInt32 => [0u, uint.MaxValue],
            FieldType.Int64 => [long.MinValue, -1L, long.MaxValue],
            FieldType.Message => Nested(field.MessageType),
            _ => [],
        };

    static IEnumerable<object> Nested(MessageDescriptor type)
    {
        yield return type.Parser.ParseFrom([]);
        foreach (var field in type.Fields.InFieldNumberOrder().Where(field => !field.IsRepeated))
        {
            foreach (var value in Values(field))
            {
                var message = type.Parser.ParseFrom([]);
                field.Accessor.SetValue(message, value);
                yield return message;
            }
        }
    }
}
