using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Spool.MockModel;

/// <summary>The part of the Responses API that Codex uses, on the loopback interface. It stands in for the model and for nothing
/// else.</summary>
sealed class ModelServer : IDisposable
{
    readonly HttpListener _listener = new();
    readonly StreamWriter _log;
    readonly Lock _writing = new();

    ModelServer(int port, string log)
    {
        _log = new StreamWriter(new FileStream(log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
        {
            AutoFlush = true,
            NewLine = "\n",
        };
        _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
    }

    /// <summary>Starts to answer.</summary>
    /// <param name="port">The port.</param>
    /// <param name="log">The file that takes the body of every request to the model, one line each.</param>
    public static ModelServer Start(int port, string log)
    {
        var server = new ModelServer(port, log);
        server._listener.Start();
        _ = server.ServeAsync();
        return server;
    }

    public void Dispose()
    {
        _listener.Close();
        _log.Dispose();
    }

    async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            _ = Task.Run(() => AnswerAsync(context));
        }
    }

    async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            var path = context.Request.Url!.AbsolutePath;
            if (context.Request.HttpMethod == "POST" && path == "/v1/responses")
                await RespondAsync(context);
            else if (path == "/v1/models")
                await WriteAsync(context.Response, 200, """{"object":"list","data":[],"models":[]}""");
            else
                await WriteAsync(context.Response, 404, """{"error":{"message":"not found"}}""");
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException)
        {
            // The client is gone; there is nobody left to answer.
        }
    }

    async Task RespondAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
        var request = JsonNode.Parse(await reader.ReadToEndAsync())!.AsObject();
        lock (_writing)
            _log.WriteLine(request.ToJsonString());

        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.SendChunked = true;
        foreach (var (type, data) in Answer.To(request))
        {
            data["type"] = type;
            await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes($"event: {type}\ndata: {data.ToJsonString()}\n\n"));
            await response.OutputStream.FlushAsync();
        }
        if (!Answer.NeverEnds(request))
            response.Close();
    }

    static async Task WriteAsync(HttpListenerResponse response, int status, string json)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(json));
        response.Close();
    }
}
