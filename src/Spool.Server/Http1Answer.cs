using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Spool.Server;

/// <summary>Tells those who come with a browser, or anything else that does not speak gRPC, what this is. Only the first bytes of a
/// connection are looked at.</summary>
static class Http1Answer
{
    /// <summary>The sentence that they get.</summary>
    public const string Sentence =
        "This is a Spool server, a store for threads of AI agents, which speaks gRPC over HTTP/2: use it with \"spool --remote URL list\", where URL is the address that you opened.\n";

    const int LongestMethod = 20;
    const int LongestHead = 64 * 1024;
    const int LongestRequest = 16 * LongestHead; // of which more is not read
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5); // for the rest of a request

    /// <summary>Serves a connection: answers it when it speaks HTTP/1, and otherwise gives it on.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="next">Serves all that is not HTTP/1.</param>
    /// <param name="idle">How long to wait for the first bytes.</param>
    public static async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next, TimeSpan idle)
    {
        var isHttp1 = false;
        try
        {
            isHttp1 = await ReadAsync(connection, idle, OpeningOf).ConfigureAwait(false) switch
            {
                Opening.Http1 => true,
                Opening.None => throw new OperationCanceledException(),
                _ => false,
            };
            if (isHttp1)
                await AnswerAsync(connection).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return; // it left, said nothing for too long, or the server stops
        }
        if (!isHttp1)
            await next(connection).ConfigureAwait(false);
    }

    /// <summary>Answers a request that is none of gRPC, where there is one.</summary>
    /// <returns>Whether it was one.</returns>
    public static async ValueTask<bool> TryAnswerAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            return false;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.ContentLength = Sentence.Length;
        if (HttpMethods.IsGet(context.Request.Method))
            await context.Response.WriteAsync(Sentence, context.RequestAborted).ConfigureAwait(false);
        return true;
    }

    static async Task AnswerAsync(ConnectionContext connection)
    {
        var head = "";
        await ReadAsync(
                connection,
                Patience,
                bytes =>
                {
                    head = Encoding.Latin1.GetString(bytes.Slice(0, Math.Min(bytes.Length, LongestHead)));
                    return head.Contains("\r\n\r\n", StringComparison.Ordinal) || bytes.Length >= LongestHead
                        ? Opening.Http1
                        : Opening.Unsure;
                }
            )
            .ConfigureAwait(false);
        var method = head[..head.IndexOf(' ', StringComparison.Ordinal)];
        // A client that asks for a page gets it. One that sends something must not believe that it arrived.
        var status = method is "GET" or "HEAD" ? "200 OK" : "426 Upgrade Required\r\nUpgrade: h2c";
        var answer =
            $"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {Sentence.Length}\r\nConnection: close\r\n\r\n{(method == "HEAD" ? "" : Sentence)}";
        await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(answer)).ConfigureAwait(false);
        await DrainAsync(connection, LengthOf(head)).ConfigureAwait(false);
        await connection.Transport.Output.CompleteAsync().ConfigureAwait(false);
    }

    // A connection that is closed while something is unread or still comes is reset: its client cannot send on, and may lose what it was
    // answered.
    static async Task DrainAsync(ConnectionContext connection, long length)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(StoppingOf(connection));
        end.CancelAfter(Patience);
        while (true)
        {
            var read = await connection.Transport.Input.ReadAsync(end.Token).ConfigureAwait(false);
            var isLast = read.IsCompleted || read.Buffer.Length >= length;
            length -= read.Buffer.Length;
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
            if (isLast)
                return;
        }
    }

    // The length of the request with its body, as far as that is waited for.
    static long LengthOf(string head)
    {
        var end = head.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        if (end < 4)
            return head.Length;
        var lines = head[..end]
            .Split("\r\n")
            .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(line => line.Length == 2);
        var fields = lines.ToLookup(line => line[0], line => line[1], StringComparer.OrdinalIgnoreCase);
        if (fields.Contains("Expect")) // it sends the rest when it is asked to, and it is not
            return end;
        if (fields.Contains("Transfer-Encoding"))
            return LongestRequest;
        return long.TryParse(fields["Content-Length"].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var body)
            ? end + Math.Min(body, LongestRequest)
            : end;
    }

    static CancellationToken StoppingOf(ConnectionContext connection) =>
        connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;

    // Reads until it is known what comes, and takes nothing of it.
    static async ValueTask<Opening> ReadAsync(ConnectionContext connection, TimeSpan patience, Func<ReadOnlySequence<byte>, Opening> judge)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(StoppingOf(connection));
        end.CancelAfter(patience);
        var input = connection.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync(end.Token).ConfigureAwait(false);
            var opening = judge(read.Buffer);
            if (opening != Opening.Unsure || read.IsCompleted || read.IsCanceled)
            {
                var isEmpty = read.Buffer.IsEmpty;
                input.AdvanceTo(read.Buffer.Start);
                return isEmpty ? Opening.None : opening;
            }
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    static Opening OpeningOf(ReadOnlySequence<byte> bytes)
    {
        Span<byte> first = stackalloc byte[(int)Math.Min(bytes.Length, LongestMethod)];
        bytes.Slice(0, first.Length).CopyTo(first);
        for (var i = 0; i < first.Length; i++)
        {
            if (first[i] is (>= (byte)'A' and <= (byte)'Z') or (byte)'-')
                continue;
            // HTTP/2 begins with a request of HTTP/1 for which there is no method.
            return first[i] == ' ' && i > 0 && !first[..i].SequenceEqual("PRI"u8) ? Opening.Http1 : Opening.Other;
        }
        return first.Length == LongestMethod ? Opening.Other : Opening.Unsure;
    }

    /// <summary>What a connection begins with.</summary>
    enum Opening
    {
        /// <summary>Nothing came.</summary>
        None,

        /// <summary>So far it may be either.</summary>
        Unsure,

        /// <summary>A request of HTTP/1.</summary>
        Http1,

        /// <summary>HTTP/2, or what is no HTTP.</summary>
        Other,
    }
}
