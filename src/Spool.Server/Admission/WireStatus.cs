using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Spool.Server;

/// <summary>Answers calls with a status before they reach the store.</summary>
static class WireStatus
{
    const string DetailsKey = "grpc-status-details-bin";

    /// <summary>Answers a call with nothing but a status.</summary>
    public static void Answer(HttpResponse response, RpcException error)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.ContentLength = 0;
        response.Headers["grpc-status"] = ((int)error.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Escape(error.Status.Detail);
        if (error.Trailers.GetValueBytes(DetailsKey) is { } details)
            response.Headers[DetailsKey] = Convert.ToBase64String(details).TrimEnd('=');
    }

    static string Escape(string message)
    {
        var text = new StringBuilder(message.Length);
        foreach (var b in Encoding.UTF8.GetBytes(message))
        {
            if (b is >= 0x20 and <= 0x7E and not (byte)'%')
                text.Append((char)b);
            else
                text.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }
}
