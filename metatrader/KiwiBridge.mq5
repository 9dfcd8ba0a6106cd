//+------------------------------------------------------------------+
//| KiwiBridge: bars of this terminal for Kiwi, and trades by its     |
//| orders, through files.                                            |
//|                                                                   |
//| It speaks the file protocol of DWX Connect (names of files and    |
//| commands, shape of answers), which is answered by messages, and   |
//| commands of its own, each answered in a file under its number.    |
//| It trades only where TradingEnabled says so.                      |
//| Folder: MQL5/Files/DWX of this terminal's data folder.            |
//+------------------------------------------------------------------+
#property copyright "Kiwi, Apache-2.0"
#property version   "2.00"

input int TimerMs      = 25;   // How often the folder is looked at, in milliseconds
input int MessagesKept = 50;   // Messages that stay in the file
input bool   TradingEnabled  = false; // Whether orders are carried out at all
input double LotsMax         = 1.0;   // A larger order is refused here, whoever sends it
input int    DeviationPoints = 20;    // How far the price of a market order may have moved
input int    RequoteTries    = 3;     // So often a market order is sent when the price has moved
input bool   NetOpposites    = true;  // With hedging: a long and a short position of Kiwi's close each other

#define BRIDGE_NAME     "KiwiBridge"
#define BRIDGE_VERSION  2
#define JOURNAL_FILE    "DWX\\KiwiJournal.txt"
#define JOURNAL_KEPT    5000
#define ANSWERS_KEPT_MS 60000
#define UNSURE_SECONDS  30
#define COMMAND_FILES   50
#define COMMAND_IDS     1000
#define BEAT_MS         1000

//--- What is followed: one bar series, and the last bar of it that was written.
struct BarSubscription
  {
   string            symbol;
   string            frameName;
   ENUM_TIMEFRAMES   frame;
   datetime          writtenTime;
   string            json;
  };

//--- One line of the message file.
struct Message
  {
   ulong             number;
   string            json;
  };

//--- One order of Kiwi's: written down before it is sent, and again when it is known what became of it.
struct JournalEntry
  {
   string            stage;   // begun, sent
   datetime          time;    // UTC
   string            magic;
   string            name;
   string            symbol;
   string            type;
   string            lots;
   ulong             ticket;
  };

//--- An answer that lies in the folder until whoever asked has read it.
struct WaitingAnswer
  {
   string            path;
   ulong             writtenMs;
  };

JournalEntry    journal[];
WaitingAnswer   answers[];
ulong           changes         = 0;
bool            hasChanged      = false;
ulong           lastNetMs       = 0;
BarSubscription subscriptions[];
string          tickSymbols[];
Message         messages[];
long            commandIds[];
int             commandIdNext   = 0;
ulong           lastNumber      = 0;
ulong           lastBeatMs      = 0;
string          startedText     = "";
string          lastTickText    = "";

//+------------------------------------------------------------------+
//| Life                                                              |
//+------------------------------------------------------------------+
int OnInit()
  {
   FolderCreate("DWX");
   EmptyFolder();
   ForgetCommandIds();
   ArrayResize(subscriptions, 0);
   ArrayResize(tickSymbols, 0);
   ArrayResize(messages, 0);
   ArrayResize(answers, 0);
   ReadJournal();
   lastBeatMs   = 0;
   lastTickText = "";
   // Tells one life of the bridge from the next: whoever subscribed must subscribe again.
   startedText = TimeToString(TimeLocal(), TIME_DATE | TIME_SECONDS) + " " + IntegerToString((long)GetTickCount64());
   if(!EventSetMillisecondTimer(TimerMs))
     {
      Print(BRIDGE_NAME, ": the timer could not be set, error ", GetLastError());
      return(INIT_FAILED);
     }
   Beat();
   return(INIT_SUCCEEDED);
  }

void OnDeinit(const int reason)
  {
   EventKillTimer();
   EmptyFolder();
  }

void OnTimer()
  {
   ReadCommands();
   WriteNewBars();
   WriteTicks();
   CloseOpposites();
   SweepAnswers();
   if(hasChanged || GetTickCount64() - lastBeatMs >= BEAT_MS)
      Beat();
  }

//--- Whoever watches sees the number move, and asks what it was.
void OnTradeTransaction(const MqlTradeTransaction &transaction, const MqlTradeRequest &request, const MqlTradeResult &result)
  {
   changes++;
   hasChanged = true;
  }

void EmptyFolder()
  {
   string names[] = {"Orders", "Messages", "Market_Data", "Bar_Data", "Historic_Data", "Historic_Trades", "Symbols", "Heartbeat"};
   for(int i = 0; i < ArraySize(names); i++)
      FileDelete(PathOf(names[i]));
   // A command from before the start is nobody's wish any more.
   for(int i = 0; i < COMMAND_FILES; i++)
      FileDelete(PathOf("Commands_" + IntegerToString(i)));
   DeleteAnswers();
  }

void DeleteAnswers()
  {
   string paths[];
   string name;
   long search = FileFindFirst("DWX\\DWX_Answer_*.txt", name);
   if(search == INVALID_HANDLE)
      return;
   do
     {
      int last = ArraySize(paths);
      ArrayResize(paths, last + 1);
      paths[last] = "DWX\\" + name;
     }
   while(FileFindNext(search, name));
   FileFindClose(search);
   for(int i = 0; i < ArraySize(paths); i++)
      FileDelete(paths[i]);
  }

//+------------------------------------------------------------------+
//| Commands: <:number|COMMAND|content:>                              |
//+------------------------------------------------------------------+
void ReadCommands()
  {
   // Several programs may lay commands down, each where it finds room, and take them back: there may be holes.
   string found;
   long search = FileFindFirst("DWX\\DWX_Commands_*.txt", found);
   if(search == INVALID_HANDLE)
      return;
   FileFindClose(search);
   for(int i = 0; i < COMMAND_FILES; i++)
     {
      string path = PathOf("Commands_" + IntegerToString(i));
      if(!FileIsExist(path))
         continue;
      string text = "";
      if(!ReadText(path, text))
         continue; // In use: the next look will do.
      // Carried out only if it is gone by our own hand: otherwise it would be carried out again, or was taken back.
      if(!FileDelete(path))
         continue;
      ReadCommand(text);
     }
  }

void ReadCommand(const string text)
  {
   int length = StringLen(text);
   if(length < 4 || StringSubstr(text, 0, 2) != "<:" || StringSubstr(text, length - 2, 2) != ":>")
     {
      SayError("WRONG_FORMAT_COMMAND", "A command begins with <: and ends with :> : " + text);
      return;
     }
   string parts[];
   if(StringSplit(StringSubstr(text, 2, length - 4), '|', parts) != 3)
     {
      SayError("WRONG_FORMAT_COMMAND", "A command has three parts: " + text);
      return;
     }
   long id = StringToInteger(parts[0]);
   if(parts[1] != "RESET_COMMAND_IDS" && !IsNewCommandId(id))
     {
      Print(BRIDGE_NAME, ": command ", id, " was carried out before and is passed over");
      return;
     }
   if(IsOwnCommand(parts[1]))
      Answer(IntegerToString(id), parts[1], AnswerOwn(parts[1], parts[2]));
   else
      Execute(parts[1], parts[2]);
  }

void Execute(const string command, const string content)
  {
   if(command == "RESET_COMMAND_IDS")
      ForgetCommandIds();
   else if(command == "SUBSCRIBE_SYMBOLS_BAR_DATA")
      SubscribeBars(content);
   else if(command == "SUBSCRIBE_SYMBOLS")
      SubscribeTicks(content);
   else if(command == "GET_HISTORIC_DATA")
      AnswerHistory(content);
   else if(command == "GET_SYMBOLS")
      AnswerSymbols();
   else if(!ExecuteTrade(command, content))
      SayError("UNKNOWN_COMMAND", BRIDGE_NAME + " does not know the command " + command);
  }

//--- What DWX Connect knows of trading. False for a word that is none of it.
bool ExecuteTrade(const string command, const string content)
  {
   if(command == "GET_HISTORIC_TRADES")
      AnswerHistoricTrades(content);
   else if(command == "OPEN_ORDER")
      OpenOrder(content);
   else if(command == "MODIFY_ORDER")
      ModifyOrder(content);
   else if(command == "CLOSE_ORDER")
      CloseOrder(content);
   else if(command == "CLOSE_ALL_ORDERS")
      CloseMany("", "", "CLOSE_ORDER_ALL", "");
   else if(command == "CLOSE_ORDERS_BY_SYMBOL")
      CloseMany(content, "", "CLOSE_ORDER_SYMBOL", " with symbol " + content);
   else if(command == "CLOSE_ORDERS_BY_MAGIC")
      CloseMany("", content, "CLOSE_ORDER_MAGIC", " with magic " + content);
   else
      return(false);
   return(true);
  }

bool IsNewCommandId(const long id)
  {
   for(int i = 0; i < ArraySize(commandIds); i++)
      if(commandIds[i] == id)
         return(false);
   commandIds[commandIdNext] = id;
   commandIdNext = (commandIdNext + 1) % COMMAND_IDS;
   return(true);
  }

void ForgetCommandIds()
  {
   ArrayResize(commandIds, COMMAND_IDS);
   ArrayInitialize(commandIds, -1);
   commandIdNext = 0;
  }

//+------------------------------------------------------------------+
//| Bars as they close                                                |
//+------------------------------------------------------------------+
//--- Content: EURUSD,M1,GBPUSD,H1. Replaces what was followed before.
void SubscribeBars(const string content)
  {
   string parts[];
   int count = StringSplit(content, ',', parts);
   if(count < 2 || count % 2 != 0)
     {
      SayError("BAR_DATA_WRONG_FORMAT", "Symbols and timeframes come in pairs: " + content);
      return;
     }
   ArrayResize(subscriptions, 0);
   string wrong = "";
   for(int i = 0; i < count; i += 2)
     {
      ENUM_TIMEFRAMES frame;
      if(!FrameOf(parts[i + 1], frame) || !SymbolSelect(parts[i], true))
        {
         wrong += (wrong == "" ? "" : ", ") + "'" + parts[i] + "'";
         continue;
        }
      int last = ArraySize(subscriptions);
      ArrayResize(subscriptions, last + 1);
      subscriptions[last].symbol      = parts[i];
      subscriptions[last].frameName   = parts[i + 1];
      subscriptions[last].frame       = frame;
      subscriptions[last].writtenTime = 0;
      subscriptions[last].json        = "";
     }
   if(wrong == "")
      SayInfo("Successfully subscribed to bar data: " + content);
   else
      SayError("SUBSCRIBE_BAR_DATA", "Could not subscribe to bar data for: [" + wrong + "]");
   WriteNewBars();
  }

//--- All series are written each time, so that a reader who was late loses none.
void WriteNewBars()
  {
   bool isNew = false;
   for(int i = 0; i < ArraySize(subscriptions); i++)
     {
      MqlRates rates[];
      // The bar at 0 is still open.
      if(CopyRates(subscriptions[i].symbol, subscriptions[i].frame, 1, 1, rates) != 1)
         continue;
      if(rates[0].time <= subscriptions[i].writtenTime)
         continue;
      subscriptions[i].writtenTime = rates[0].time;
      subscriptions[i].json = Quoted(subscriptions[i].symbol + "_" + subscriptions[i].frameName) +
                              ": {\"time\": " + Quoted(MinuteText(rates[0].time)) + ", " +
                              BarJson(rates[0], DigitsOf(subscriptions[i].symbol)) + "}";
      isNew = true;
     }
   if(!isNew)
      return;
   string text = "";
   for(int i = 0; i < ArraySize(subscriptions); i++)
      if(subscriptions[i].json != "")
         text += (text == "" ? "" : ", ") + subscriptions[i].json;
   WriteText("Bar_Data", "{" + text + "}");
  }

//+------------------------------------------------------------------+
//| Prices                                                            |
//+------------------------------------------------------------------+
void SubscribeTicks(const string content)
  {
   string parts[];
   int count = StringSplit(content, ',', parts);
   ArrayResize(tickSymbols, 0);
   string wrong = "";
   for(int i = 0; i < count; i++)
     {
      if(parts[i] == "")
         continue;
      if(!SymbolSelect(parts[i], true))
        {
         wrong += (wrong == "" ? "" : ", ") + "'" + parts[i] + "'";
         continue;
        }
      int last = ArraySize(tickSymbols);
      ArrayResize(tickSymbols, last + 1);
      tickSymbols[last] = parts[i];
     }
   if(wrong == "")
      SayInfo("Successfully subscribed to: " + content);
   else
      SayError("SUBSCRIBE_SYMBOLS", "Could not subscribe to: [" + wrong + "]");
  }

void WriteTicks()
  {
   if(ArraySize(tickSymbols) == 0)
      return;
   string text = "";
   for(int i = 0; i < ArraySize(tickSymbols); i++)
     {
      MqlTick tick;
      if(!SymbolInfoTick(tickSymbols[i], tick))
         continue;
      int digits = DigitsOf(tickSymbols[i]);
      text += (text == "" ? "" : ", ") + Quoted(tickSymbols[i]) +
              ": {\"bid\": " + DoubleToString(tick.bid, digits) +
              ", \"ask\": " + DoubleToString(tick.ask, digits) +
              ", \"tick_value\": " + DoubleToString(SymbolInfoDouble(tickSymbols[i], SYMBOL_TRADE_TICK_VALUE), 8) + "}";
     }
   text = "{" + text + "}";
   if(text != lastTickText && WriteText("Market_Data", text))
      lastTickText = text;
  }

//+------------------------------------------------------------------+
//| History                                                           |
//+------------------------------------------------------------------+
//--- Content: EURUSD,M1,<first open>,<last open>, seconds of server time, both included.
void AnswerHistory(const string content)
  {
   string parts[];
   ENUM_TIMEFRAMES frame;
   if(StringSplit(content, ',', parts) != 4 || !FrameOf(parts[1], frame))
     {
      SayError("HISTORIC_DATA_WRONG_FORMAT", "Wrong format for GET_HISTORIC_DATA: " + content);
      return;
     }
   string symbol = parts[0];
   string key = symbol + "_" + parts[1];
   if(!SymbolSelect(symbol, true))
     {
      SayError("HISTORIC_DATA_SELECT_SYMBOL", "Could not select symbol " + symbol + " in market watch.");
      return;
     }
   datetime from = (datetime)StringToInteger(parts[2]);
   datetime to   = (datetime)StringToInteger(parts[3]);
   MqlRates rates[];
   ResetLastError();
   // In an Expert Advisor this call waits for the broker for a while when bars are missing.
   int count = CopyRates(symbol, frame, from, to, rates);
   int error = GetLastError();
   if(count <= 0)
     {
      AnswerNoHistory(symbol, frame, key, from, error);
      return;
     }
   int digits = DigitsOf(symbol);
   string text = "{" + Quoted(key) + ": {";
   for(int i = 0; i < count; i++)
     {
      if(i > 0)
         StringAdd(text, ", ");
      StringAdd(text, Quoted(MinuteText(rates[i].time)) + ": {" + BarJson(rates[i], digits) + "}");
     }
   StringAdd(text, "}}");
   if(!WriteText("Historic_Data", text))
      SayError("HISTORIC_DATA_LOADING", "The answer for " + key + " could not be written");
  }

//--- Three reasons for no bars, which mean three different things to whoever asked.
void AnswerNoHistory(const string symbol, const ENUM_TIMEFRAMES frame, const string key, const datetime from, const int error)
  {
   if(!(bool)SeriesInfoInteger(symbol, frame, SERIES_SYNCHRONIZED))
     {
      SayError("HISTORIC_DATA_LOADING", "Bars are being loaded for " + key + ", error " + IntegerToString(error));
      return;
     }
   datetime first = (datetime)SeriesInfoInteger(symbol, frame, SERIES_FIRSTDATE);
   if(first > 0 && from >= first)
     {
      // Within what the terminal holds there was no tick: that is an answer.
      WriteText("Historic_Data", "{" + Quoted(key) + ": {}}");
      return;
     }
   SayError("HISTORIC_DATA", "Could not get historic data for " + key + ": the terminal holds bars from " +
            MinuteText(first) + " on, error " + IntegerToString(error));
  }

//+------------------------------------------------------------------+
//| Commands of its own: answered in DWX_Answer_<number>.txt          |
//+------------------------------------------------------------------+
bool IsOwnCommand(const string command)
  {
   return(command == "SEND_ORDER" || command == "DELETE_ORDER" || command == "DELETE_ALL_ORDERS" ||
          command == "GET_ACCOUNT" || command == "GET_ORDER" || command == "GET_DEALS" || command == "GET_SYMBOL");
  }

string AnswerOwn(const string command, const string content)
  {
   if(command == "SEND_ORDER")
      return(SendOrder(content));
   if(command == "DELETE_ORDER")
      return(DeleteNamed(content));
   if(command == "DELETE_ALL_ORDERS")
      return(DeleteAllOrders());
   if(command == "GET_ACCOUNT")
      return(AnswerAccount());
   if(command == "GET_ORDER")
      return(AnswerOrder(content));
   if(command == "GET_DEALS")
      return(AnswerDeals(content));
   return(AnswerSymbol(content));
  }

void Answer(const string id, const string command, const string fields)
  {
   string name = "Answer_" + id;
   if(!WriteText(name, "{\"id\": " + Quoted(id) + ", \"command\": " + Quoted(command) +
                 ", \"time\": " + Quoted(SecondText(TimeTradeServer())) + ", " + fields + "}"))
      return;
   int last = ArraySize(answers);
   ArrayResize(answers, last + 1);
   answers[last].path      = PathOf(name);
   answers[last].writtenMs = GetTickCount64();
  }

//--- An answer that nobody fetched belongs to somebody who is gone.
void SweepAnswers()
  {
   int kept = 0;
   for(int i = 0; i < ArraySize(answers); i++)
     {
      if(GetTickCount64() - answers[i].writtenMs >= ANSWERS_KEPT_MS)
        {
         FileDelete(answers[i].path);
         continue;
        }
      answers[kept] = answers[i];
      kept++;
     }
   ArrayResize(answers, kept);
  }

string Said(const string outcome, const uint retcode, const string text)
  {
   return("\"outcome\": " + Quoted(outcome) + ", \"retcode\": " + IntegerToString((long)retcode) + ", \"text\": " + Quoted(text));
  }

string Traded(const MqlTradeResult &result)
  {
   return(Said(IsDone(result.retcode) ? "ok" : "refused", result.retcode, result.comment));
  }

bool IsDone(const uint retcode)
  {
   return(retcode == TRADE_RETCODE_DONE || retcode == TRADE_RETCODE_PLACED || retcode == TRADE_RETCODE_DONE_PARTIAL);
  }

//--- Nobody can say after these whether the server has taken the request.
bool IsInDoubt(const uint retcode)
  {
   return(retcode == 0 || retcode == TRADE_RETCODE_ERROR || retcode == TRADE_RETCODE_TIMEOUT ||
          retcode == TRADE_RETCODE_LOCKED || retcode == TRADE_RETCODE_CONNECTION);
  }

//--- Content: symbol,type,lots,price,magic,name,filling,lifetime,valid_until. A name is carried out once.
string SendOrder(const string content)
  {
   string parts[];
   if(StringSplit(content, ',', parts) != 9 || parts[5] == "" || StringToInteger(parts[4]) <= 0)
      return(Said("malformed", 0, "SEND_ORDER has nine words: " + content));
   if((long)TimeGMT() > StringToInteger(parts[8]))
      return(Said("late", 0, "the command lay too long: nothing was sent"));
   string magic = parts[4];
   string name  = parts[5];
   int known = FindJournal(magic, name);
   ulong ticket = TicketOf(known, magic, name);
   if(ticket != 0)
      return(Said("taken", 0, "an order of this name was sent") + OrderField(ticket));
   if(IsUnsure(known))
      return(Said("unsure", 0, "an order of this name was begun, and it is not known what became of it"));
   MqlTradeRequest request;
   uint fault = FillRequest(request, parts[0], parts[1], StringToDouble(parts[2]), StringToDouble(parts[3]), magic, name);
   if(fault != 0)
      return(Said("refused", fault, "refused by " + BRIDGE_NAME + ": " + content));
   if(parts[6] == "fok")
      request.type_filling = ORDER_FILLING_FOK;
   request.type_time = parts[7] == "day" && request.action == TRADE_ACTION_PENDING ? ORDER_TIME_DAY : ORDER_TIME_GTC;
   // Written down and on the disk before it goes: after a crash nobody sends it a second time.
   if(!WriteJournal("begun", magic, name, parts[0], parts[1], parts[2], 0))
      return(Said("late", 0, "the journal cannot be written: nothing was sent"));
   MqlTradeResult result;
   Send(request, result);
   ticket = result.order;
   if(ticket == 0 && result.deal != 0 && HistoryDealSelect(result.deal))
      ticket = (ulong)HistoryDealGetInteger(result.deal, DEAL_ORDER);
   if(IsDone(result.retcode))
      WriteJournal("sent", magic, name, parts[0], parts[1], parts[2], ticket);
   else if(!IsInDoubt(result.retcode))
      WriteJournal("gone", magic, name, parts[0], parts[1], parts[2], 0);
   return(Traded(result) + ", \"ticket\": " + Quoted(IntegerToString((long)ticket)));
  }

//--- Content: magic,name.
string DeleteNamed(const string content)
  {
   string parts[];
   if(StringSplit(content, ',', parts) != 2)
      return(Said("malformed", 0, "DELETE_ORDER has two words: " + content));
   int known = FindJournal(parts[0], parts[1]);
   ulong ticket = TicketOf(known, parts[0], parts[1]);
   if(ticket == 0)
      return(IsUnsure(known) ? Said("unsure", 0, "it is not known what became of this order")
             : Said("not_found", 0, "there is no order of this name"));
   string order = OrderField(ticket);
   if(!OrderSelect(ticket))
      return(Said("over", 0, "the order works no more") + order);
   MqlTradeResult result;
   RemoveOrder(ticket, result);
   return(Traded(result) + order);
  }

//--- Every order of the account, whoever sent it.
string DeleteAllOrders()
  {
   int deleted = 0;
   string failed = "";
   for(int i = OrdersTotal() - 1; i >= 0; i--)
     {
      ulong ticket = OrderGetTicket(i);
      if(ticket == 0 || !IsPending((ENUM_ORDER_TYPE)OrderGetInteger(ORDER_TYPE)))
         continue;
      MqlTradeResult result;
      RemoveOrder(ticket, result);
      if(IsDone(result.retcode))
         deleted++;
      else
         failed = Traded(result);
     }
   return(failed == "" ? Said("ok", TRADE_RETCODE_DONE, IntegerToString(deleted) + " orders deleted") : failed);
  }

string AnswerAccount()
  {
   string positions = "";
   for(int i = 0; i < PositionsTotal(); i++)
     {
      ulong ticket = PositionGetTicket(i);
      if(ticket == 0)
         continue;
      string symbol = PositionGetString(POSITION_SYMBOL);
      positions += (positions == "" ? "" : ", ") +
                   "{\"ticket\": " + Quoted(IntegerToString((long)ticket)) +
                   ", \"magic\": " + Quoted(IntegerToString(PositionGetInteger(POSITION_MAGIC))) +
                   ", \"symbol\": " + Quoted(symbol) +
                   ", \"type\": " + Quoted(PositionGetInteger(POSITION_TYPE) == POSITION_TYPE_BUY ? "buy" : "sell") +
                   ", \"lots\": " + DoubleToString(PositionGetDouble(POSITION_VOLUME), 8) +
                   ", \"open_price\": " + DoubleToString(PositionGetDouble(POSITION_PRICE_OPEN), DigitsOf(symbol)) +
                   ", \"comment\": " + Quoted(PositionGetString(POSITION_COMMENT)) + "}";
     }
   string orders = "";
   for(int i = 0; i < OrdersTotal(); i++)
     {
      ulong ticket = OrderGetTicket(i);
      if(ticket != 0)
         orders += (orders == "" ? "" : ", ") + OrderJson(ticket);
     }
   return(Said("ok", 0, "") + ", \"account\": " + AccountJson() +
          ", \"positions\": [" + positions + "], \"orders\": [" + orders + "]" +
          ", \"last_deal\": " + Quoted(IntegerToString((long)LastDeal())) +
          ", \"is_trade_allowed\": " + (IsTradeAllowed() ? "true" : "false"));
  }

//--- Content: ticket,magic,name; the ticket is 0 where the name is to be looked for.
string AnswerOrder(const string content)
  {
   string parts[];
   if(StringSplit(content, ',', parts) != 3)
      return(Said("malformed", 0, "GET_ORDER has three words: " + content));
   ulong ticket = (ulong)StringToInteger(parts[0]);
   int known = -1;
   if(ticket == 0)
     {
      known  = FindJournal(parts[1], parts[2]);
      ticket = TicketOf(known, parts[1], parts[2]);
     }
   string order = ticket == 0 ? "" : OrderField(ticket);
   if(order != "")
      return(Said("ok", 0, "") + order);
   // What has a number is there, seen or not; and a terminal without its server does not know of everything.
   if((ticket != 0 && known >= 0) || IsUnsure(known) || !(bool)TerminalInfoInteger(TERMINAL_CONNECTED))
      return(Said("unsure", 0, "it is not known what became of this order"));
   return(Said("not_found", 0, "there is no such order"));
  }

//--- Content: from,after,limit: seconds of server time, the deal that is known already, and how many are wanted.
string AnswerDeals(const string content)
  {
   string parts[];
   if(StringSplit(content, ',', parts) != 3)
      return(Said("malformed", 0, "GET_DEALS has three words: " + content));
   datetime from  = (datetime)StringToInteger(parts[0]);
   ulong    after = (ulong)StringToInteger(parts[1]);
   int      limit = (int)StringToInteger(parts[2]);
   if(from == 0 && after != 0 && HistoryDealSelect(after))
      from = (datetime)HistoryDealGetInteger(after, DEAL_TIME);
   if(!HistorySelect(from, TimeTradeServer() + 86400))
      return(Said("unsure", 0, "the history could not be read"));
   string text = "";
   int count = 0;
   bool isWhole = true;
   int total = HistoryDealsTotal();
   for(int i = 0; i < total; i++)
     {
      ulong deal = HistoryDealGetTicket(i);
      if(deal == 0 || deal <= after)
         continue;
      long type = HistoryDealGetInteger(deal, DEAL_TYPE);
      if(type != DEAL_TYPE_BUY && type != DEAL_TYPE_SELL)
         continue;
      if(count == limit)
        {
         isWhole = false;
         break;
        }
      StringAdd(text, (count == 0 ? "" : ", ") + DealJson(deal));
      count++;
     }
   return(Said("ok", 0, "") + ", \"deals\": [" + text + "], \"is_whole\": " + (isWhole ? "true" : "false"));
  }

string AnswerSymbol(const string symbol)
  {
   if(!SymbolSelect(symbol, true))
      return(Said("not_found", 0, "there is no symbol " + symbol));
   return(Said("ok", 0, "") + ", \"symbol\": {\"name\": " + Quoted(symbol) +
          ", \"base\": " + Quoted(SymbolInfoString(symbol, SYMBOL_CURRENCY_BASE)) +
          ", \"quote\": " + Quoted(SymbolInfoString(symbol, SYMBOL_CURRENCY_PROFIT)) +
          ", \"tick_size\": " + DoubleToString(SymbolInfoDouble(symbol, SYMBOL_TRADE_TICK_SIZE), 10) +
          ", \"contract_size\": " + DoubleToString(SymbolInfoDouble(symbol, SYMBOL_TRADE_CONTRACT_SIZE), 8) +
          ", \"volume_min\": " + DoubleToString(SymbolInfoDouble(symbol, SYMBOL_VOLUME_MIN), 8) +
          ", \"volume_step\": " + DoubleToString(SymbolInfoDouble(symbol, SYMBOL_VOLUME_STEP), 8) +
          ", \"trade_mode\": " + Quoted(TradeModeOf(symbol)) +
          ", \"is_open\": " + (IsMarketOpen(symbol) ? "true" : "false") + "}");
  }

//+------------------------------------------------------------------+
//| The journal: what was sent, kept over restarts                    |
//+------------------------------------------------------------------+
//--- A line: stage, time, magic, name, symbol, type, lots, ticket, with tabs between.
void ReadJournal()
  {
   ArrayResize(journal, 0);
   int handle = FileOpen(JOURNAL_FILE, FILE_READ | FILE_TXT | FILE_ANSI | FILE_SHARE_READ, '\n', CP_UTF8);
   if(handle == INVALID_HANDLE)
      return;
   while(!FileIsEnding(handle))
     {
      string parts[];
      // A line that was torn by a crash has fewer words: what it began is looked for by its comment.
      if(StringSplit(FileReadString(handle), '\t', parts) == 8)
         NoteJournal(parts[0], (datetime)StringToInteger(parts[1]), parts[2], parts[3], parts[4], parts[5], parts[6],
                     (ulong)StringToInteger(parts[7]));
     }
   FileClose(handle);
   if(ArraySize(journal) > JOURNAL_KEPT)
      ArrayRemove(journal, 0, ArraySize(journal) - JOURNAL_KEPT);
   RewriteJournal();
  }

//--- Aside and moved into place: at every moment one whole journal is there.
void RewriteJournal()
  {
   string aside = JOURNAL_FILE + ".partial";
   int handle = FileOpen(aside, FILE_WRITE | FILE_TXT | FILE_ANSI, '\n', CP_UTF8);
   if(handle == INVALID_HANDLE)
      return;
   bool isWritten = true;
   for(int i = 0; i < ArraySize(journal); i++)
      isWritten = FileWriteString(handle, JournalLine(journal[i])) > 0 && isWritten;
   FileFlush(handle);
   FileClose(handle);
   if(isWritten)
      FileMove(aside, 0, JOURNAL_FILE, FILE_REWRITE);
  }

bool WriteJournal(const string stage, const string magic, const string name, const string symbol, const string type,
                  const string lots, const ulong ticket)
  {
   NoteJournal(stage, TimeGMT(), magic, name, symbol, type, lots, ticket);
   JournalEntry entry;
   entry.stage  = stage;
   entry.time   = TimeGMT();
   entry.magic  = magic;
   entry.name   = name;
   entry.symbol = symbol;
   entry.type   = type;
   entry.lots   = lots;
   entry.ticket = ticket;
   int handle = FileOpen(JOURNAL_FILE, FILE_READ | FILE_WRITE | FILE_TXT | FILE_ANSI | FILE_SHARE_READ, '\n', CP_UTF8);
   if(handle == INVALID_HANDLE)
      return(false);
   FileSeek(handle, 0, SEEK_END);
   bool isWritten = FileWriteString(handle, JournalLine(entry)) > 0;
   FileFlush(handle);
   FileClose(handle);
   return(isWritten);
  }

string JournalLine(const JournalEntry &entry)
  {
   return(entry.stage + "\t" + IntegerToString((long)entry.time) + "\t" + entry.magic + "\t" + entry.name + "\t" +
          entry.symbol + "\t" + entry.type + "\t" + entry.lots + "\t" + IntegerToString((long)entry.ticket) + "\n");
  }

//--- A name that the server refused may be sent again: it is forgotten.
void NoteJournal(const string stage, const datetime time, const string magic, const string name, const string symbol,
                 const string type, const string lots, const ulong ticket)
  {
   int place = FindJournal(magic, name);
   if(stage == "gone")
     {
      if(place >= 0)
         ArrayRemove(journal, place, 1);
      return;
     }
   if(place < 0)
     {
      place = ArraySize(journal);
      ArrayResize(journal, place + 1, 1000);
     }
   journal[place].stage  = stage;
   journal[place].time   = time;
   journal[place].magic  = magic;
   journal[place].name   = name;
   journal[place].symbol = symbol;
   journal[place].type   = type;
   journal[place].lots   = lots;
   journal[place].ticket = ticket;
  }

//--- The newest first: what is asked for was sent lately.
int FindJournal(const string magic, const string name)
  {
   for(int i = ArraySize(journal) - 1; i >= 0; i--)
      if(journal[i].name == name && journal[i].magic == magic)
         return(i);
   return(-1);
  }

//--- The number of the order of a name, 0 for none: from the journal, or from what the server has under this name.
ulong TicketOf(const int place, const string magic, const string name)
  {
   if(place >= 0 && journal[place].ticket != 0)
      return(journal[place].ticket);
   ulong ticket = FindAtServer(place, magic, name);
   if(ticket != 0 && place >= 0)
      WriteJournal("sent", magic, name, journal[place].symbol, journal[place].type, journal[place].lots, ticket);
   return(ticket);
  }

//--- By the comment; where a broker has changed that, an order like the one that was begun, which has no other name.
ulong FindAtServer(const int place, const string magic, const string name)
  {
   for(int i = OrdersTotal() - 1; i >= 0; i--)
     {
      ulong ticket = OrderGetTicket(i);
      if(ticket == 0 || IntegerToString(OrderGetInteger(ORDER_MAGIC)) != magic)
         continue;
      if(OrderGetString(ORDER_COMMENT) == name || IsLike(place, ticket, OrderGetString(ORDER_SYMBOL),
            TypeWord((ENUM_ORDER_TYPE)OrderGetInteger(ORDER_TYPE)), OrderGetDouble(ORDER_VOLUME_INITIAL),
            (datetime)OrderGetInteger(ORDER_TIME_SETUP)))
         return(ticket);
     }
   // A month: what the journal does not know any more, or never did, is looked for no further back.
   HistorySelect(TimeTradeServer() - 30 * 86400, TimeTradeServer() + 86400);
   for(int i = HistoryOrdersTotal() - 1; i >= 0; i--)
     {
      ulong ticket = HistoryOrderGetTicket(i);
      if(ticket == 0 || IntegerToString(HistoryOrderGetInteger(ticket, ORDER_MAGIC)) != magic)
         continue;
      if(HistoryOrderGetString(ticket, ORDER_COMMENT) == name || IsLike(place, ticket, HistoryOrderGetString(ticket, ORDER_SYMBOL),
            TypeWord((ENUM_ORDER_TYPE)HistoryOrderGetInteger(ticket, ORDER_TYPE)),
            HistoryOrderGetDouble(ticket, ORDER_VOLUME_INITIAL), (datetime)HistoryOrderGetInteger(ticket, ORDER_TIME_SETUP)))
         return(ticket);
     }
   return(0);
  }

bool IsLike(const int place, const ulong ticket, const string symbol, const string type, const double lots, const datetime setup)
  {
   if(place < 0 || journal[place].symbol != symbol || journal[place].type != type)
      return(false);
   if(MathAbs(StringToDouble(journal[place].lots) - lots) > 1e-9)
      return(false);
   // The journal is in UTC, the server in its own time.
   datetime begun = journal[place].time + (TimeTradeServer() - TimeGMT());
   if(setup < begun - 5 || setup > begun + UNSURE_SECONDS)
      return(false);
   for(int i = 0; i < ArraySize(journal); i++)
      if(journal[i].ticket == ticket)
         return(false);
   return(true);
  }

//--- Begun a moment ago, and not to be seen yet: the server may still tell of it.
bool IsUnsure(const int place)
  {
   if(place < 0 || journal[place].ticket != 0)
      return(false);
   // The server took it and gave no number: it is never sent again.
   if(journal[place].stage == "sent")
      return(true);
   return(TimeGMT() - journal[place].time <= UNSURE_SECONDS || !(bool)TerminalInfoInteger(TERMINAL_CONNECTED));
  }

//--- What Kiwi calls an order: by the journal, else its comment.
string NameOf(const ulong ticket, const string comment)
  {
   for(int i = ArraySize(journal) - 1; i >= 0; i--)
      if(journal[i].ticket == ticket)
         return(journal[i].name);
   return(comment);
  }

//+------------------------------------------------------------------+
//| Requests to the trade server                                      |
//+------------------------------------------------------------------+
//--- 0, or the number of what is wrong.
uint FillRequest(MqlTradeRequest &request, const string symbol, const string type, const double lots, const double price,
                 const string magic, const string comment)
  {
   ZeroMemory(request);
   ENUM_ORDER_TYPE order;
   if(!TypeOf(type, order) || !SymbolSelect(symbol, true))
      return(TRADE_RETCODE_INVALID);
   if(!IsTradeAllowed())
      return(TRADE_RETCODE_CLIENT_DISABLES_AT);
   if(lots <= 0 || lots > LotsMax)
      return(TRADE_RETCODE_INVALID_VOLUME);
   bool isPending = IsPending(order);
   if(isPending && price <= 0)
      return(TRADE_RETCODE_INVALID_PRICE);
   request.action       = isPending ? TRADE_ACTION_PENDING : TRADE_ACTION_DEAL;
   request.symbol       = symbol;
   request.volume       = lots;
   request.type         = order;
   request.price        = isPending ? NormalizeDouble(price, DigitsOf(symbol)) : 0;
   request.deviation    = DeviationPoints;
   request.magic        = (ulong)StringToInteger(magic);
   request.comment      = comment;
   request.type_time    = ORDER_TIME_GTC;
   request.type_filling = isPending ? ORDER_FILLING_RETURN : FillingOf(symbol);
   return(0);
  }

//--- Sends a request. A market order whose price has moved is sent again with the new one, a few times.
void Send(MqlTradeRequest &request, MqlTradeResult &result)
  {
   for(int attempt = 0; attempt < MathMax(1, RequoteTries); attempt++)
     {
      ZeroMemory(result);
      if(request.action == TRADE_ACTION_DEAL)
        {
         MqlTick tick;
         if(!SymbolInfoTick(request.symbol, tick))
           {
            result.retcode = TRADE_RETCODE_PRICE_OFF;
            result.comment = "there is no price";
            return;
           }
         request.price = request.type == ORDER_TYPE_BUY ? tick.ask : tick.bid;
        }
      if(request.action == TRADE_ACTION_DEAL || request.action == TRADE_ACTION_PENDING)
        {
         MqlTradeCheckResult check;
         ZeroMemory(check);
         if(!OrderCheck(request, check))
           {
            // Nothing has left yet: whatever it says is a plain no.
            result.retcode = check.retcode == 0 ? TRADE_RETCODE_INVALID : check.retcode;
            result.comment = check.comment;
            return;
           }
        }
      ResetLastError();
      if(!OrderSend(request, result) && result.retcode == 0)
         result.comment = "error " + IntegerToString(GetLastError());
      bool hasMoved = result.retcode == TRADE_RETCODE_REQUOTE || result.retcode == TRADE_RETCODE_PRICE_CHANGED ||
                      result.retcode == TRADE_RETCODE_PRICE_OFF;
      if(!hasMoved || request.action != TRADE_ACTION_DEAL)
         return;
     }
  }

void RemoveOrder(const ulong ticket, MqlTradeResult &result)
  {
   MqlTradeRequest request;
   ZeroMemory(request);
   request.action = TRADE_ACTION_REMOVE;
   request.order  = ticket;
   Send(request, result);
  }

//--- A position, or `lots` of it.
void ClosePosition(const ulong ticket, const double lots, MqlTradeResult &result)
  {
   ZeroMemory(result);
   if(!PositionSelectByTicket(ticket))
     {
      result.retcode = TRADE_RETCODE_POSITION_CLOSED;
      result.comment = "there is no such position";
      return;
     }
   MqlTradeRequest request;
   ZeroMemory(request);
   double held = PositionGetDouble(POSITION_VOLUME);
   request.action       = TRADE_ACTION_DEAL;
   request.position     = ticket;
   request.symbol       = PositionGetString(POSITION_SYMBOL);
   request.volume       = lots <= 0 ? held : MathMin(lots, held);
   request.type         = PositionGetInteger(POSITION_TYPE) == POSITION_TYPE_BUY ? ORDER_TYPE_SELL : ORDER_TYPE_BUY;
   request.deviation    = DeviationPoints;
   request.magic        = (ulong)PositionGetInteger(POSITION_MAGIC);
   request.comment      = PositionGetString(POSITION_COMMENT);
   request.type_filling = FillingOf(request.symbol);
   Send(request, result);
  }

//--- With hedging an exit opens the other side: what Kiwi holds both ways closes each other, as netting would.
void CloseOpposites()
  {
   if(!NetOpposites || !TradingEnabled || AccountInfoInteger(ACCOUNT_MARGIN_MODE) != ACCOUNT_MARGIN_MODE_RETAIL_HEDGING)
      return;
   if(GetTickCount64() - lastNetMs < BEAT_MS)
      return;
   lastNetMs = GetTickCount64();
   for(int i = 0; i < PositionsTotal(); i++)
     {
      ulong ticket = PositionGetTicket(i);
      if(ticket == 0 || PositionGetInteger(POSITION_TYPE) != POSITION_TYPE_BUY)
         continue;
      long magic = PositionGetInteger(POSITION_MAGIC);
      string symbol = PositionGetString(POSITION_SYMBOL);
      if(!IsMagicOfKiwi(magic) || (SymbolInfoInteger(symbol, SYMBOL_ORDER_MODE) & SYMBOL_ORDER_CLOSEBY) == 0)
         continue;
      for(int k = 0; k < PositionsTotal(); k++)
        {
         ulong other = PositionGetTicket(k);
         if(other == 0 || PositionGetInteger(POSITION_TYPE) != POSITION_TYPE_SELL ||
            PositionGetInteger(POSITION_MAGIC) != magic || PositionGetString(POSITION_SYMBOL) != symbol)
            continue;
         MqlTradeRequest request;
         MqlTradeResult result;
         ZeroMemory(request);
         request.action      = TRADE_ACTION_CLOSE_BY;
         request.position    = ticket;
         request.position_by = other;
         request.magic       = (ulong)magic;
         Send(request, result);
         if(!IsDone(result.retcode))
            Print(BRIDGE_NAME, ": two positions could not close each other, ", result.retcode, " ", result.comment);
         // Both lists have changed: the next look goes on.
         return;
        }
     }
  }

bool IsMagicOfKiwi(const long magic)
  {
   string text = IntegerToString(magic);
   for(int i = ArraySize(journal) - 1; i >= 0; i--)
      if(journal[i].magic == text)
         return(true);
   return(false);
  }

bool IsTradeAllowed()
  {
   return(TradingEnabled && (bool)TerminalInfoInteger(TERMINAL_TRADE_ALLOWED) && (bool)MQLInfoInteger(MQL_TRADE_ALLOWED) &&
          (bool)AccountInfoInteger(ACCOUNT_TRADE_ALLOWED) && (bool)AccountInfoInteger(ACCOUNT_TRADE_EXPERT));
  }

//--- What a symbol lets a market order do: in part at once, else whole or not at all, else the rest waits.
ENUM_ORDER_TYPE_FILLING FillingOf(const string symbol)
  {
   long execution = SymbolInfoInteger(symbol, SYMBOL_TRADE_EXEMODE);
   if(execution == SYMBOL_TRADE_EXECUTION_REQUEST || execution == SYMBOL_TRADE_EXECUTION_INSTANT)
      return(ORDER_FILLING_FOK);
   long modes = SymbolInfoInteger(symbol, SYMBOL_FILLING_MODE);
   if((modes & SYMBOL_FILLING_IOC) != 0)
      return(ORDER_FILLING_IOC);
   return((modes & SYMBOL_FILLING_FOK) != 0 ? ORDER_FILLING_FOK : ORDER_FILLING_RETURN);
  }

bool IsPending(const ENUM_ORDER_TYPE type)
  {
   return(type != ORDER_TYPE_BUY && type != ORDER_TYPE_SELL && type != ORDER_TYPE_CLOSE_BY);
  }

bool IsMarketOpen(const string symbol)
  {
   long mode = SymbolInfoInteger(symbol, SYMBOL_TRADE_MODE);
   if(mode == SYMBOL_TRADE_MODE_DISABLED)
      return(false);
   MqlDateTime now;
   datetime server = TimeTradeServer();
   TimeToStruct(server, now);
   datetime second = (datetime)(now.hour * 3600 + now.min * 60 + now.sec);
   datetime from, to;
   for(uint session = 0; SymbolInfoSessionTrade(symbol, (ENUM_DAY_OF_WEEK)now.day_of_week, session, from, to); session++)
      if(second >= from && second < to)
         return(true);
   return(false);
  }

ulong LastDeal()
  {
   ulong last = 0;
   if(!HistorySelect(0, TimeTradeServer() + 86400))
      return(0);
   for(int i = HistoryDealsTotal() - 1; i >= 0; i--)
     {
      ulong deal = HistoryDealGetTicket(i);
      if(deal > last)
         last = deal;
     }
   return(last);
  }

//+------------------------------------------------------------------+
//| Trading by the words of DWX Connect: answered by messages         |
//+------------------------------------------------------------------+
//--- Content: symbol,type,lots,price,sl,tp,magic,comment,expiration.
void OpenOrder(const string content)
  {
   string parts[];
   if(StringSplit(content, ',', parts) != 9)
     {
      SayError("OPEN_ORDER_WRONG_FORMAT", "Wrong format for OPEN_ORDER command: " + content);
      return;
     }
   MqlTradeRequest request;
   MqlTradeResult result;
   uint fault = FillRequest(request, parts[0], parts[1], StringToDouble(parts[2]), StringToDouble(parts[3]), parts[6], parts[7]);
   if(fault != 0)
     {
      SayError("OPEN_ORDER", "Could not open order: refused by " + BRIDGE_NAME + " (" + IntegerToString((long)fault) + ")");
      return;
     }
   request.sl = NormalizeDouble(StringToDouble(parts[4]), DigitsOf(parts[0]));
   request.tp = NormalizeDouble(StringToDouble(parts[5]), DigitsOf(parts[0]));
   SetExpiration(request, (datetime)StringToInteger(parts[8]));
   Send(request, result);
   Report(result, "Successfully sent order: " + parts[0] + ", " + parts[1] + ", " + parts[2] + ", " + parts[3],
          "OPEN_ORDER", "Could not open order");
  }

//--- Content: ticket,price,sl,tp,expiration.
void ModifyOrder(const string content)
  {
   string parts[];
   if(StringSplit(content, ',', parts) != 5)
     {
      SayError("MODIFY_ORDER_WRONG_FORMAT", "Wrong format for MODIFY_ORDER command: " + content);
      return;
     }
   ulong ticket = (ulong)StringToInteger(parts[0]);
   MqlTradeRequest request;
   MqlTradeResult result;
   ZeroMemory(request);
   if(PositionSelectByTicket(ticket))
     {
      request.action   = TRADE_ACTION_SLTP;
      request.position = ticket;
      request.symbol   = PositionGetString(POSITION_SYMBOL);
     }
   else if(OrderSelect(ticket))
     {
      request.action = TRADE_ACTION_MODIFY;
      request.order  = ticket;
      request.symbol = OrderGetString(ORDER_SYMBOL);
      double price   = StringToDouble(parts[1]);
      request.price  = price > 0 ? NormalizeDouble(price, DigitsOf(request.symbol)) : OrderGetDouble(ORDER_PRICE_OPEN);
      SetExpiration(request, (datetime)StringToInteger(parts[4]));
     }
   else
     {
      SayError("MODIFY_ORDER_SELECT_TICKET", "Could not select order with ticket: " + parts[0]);
      return;
     }
   request.sl = NormalizeDouble(StringToDouble(parts[2]), DigitsOf(request.symbol));
   request.tp = NormalizeDouble(StringToDouble(parts[3]), DigitsOf(request.symbol));
   if(!RefuseUntilAllowed("MODIFY_ORDER"))
     {
      Send(request, result);
      Report(result, "Successfully modified order " + parts[0], "MODIFY_ORDER", "Error in modifying order " + parts[0]);
     }
  }

//--- Content: ticket,lots; 0 closes all of a position.
void CloseOrder(const string content)
  {
   string parts[];
   if(StringSplit(content, ',', parts) != 2)
     {
      SayError("CLOSE_ORDER_WRONG_FORMAT", "Wrong format for CLOSE_ORDER command: " + content);
      return;
     }
   ulong ticket = (ulong)StringToInteger(parts[0]);
   if(RefuseUntilAllowed("CLOSE_ORDER_TICKET"))
      return;
   MqlTradeResult result;
   if(PositionSelectByTicket(ticket))
      ClosePosition(ticket, StringToDouble(parts[1]), result);
   else if(OrderSelect(ticket))
      RemoveOrder(ticket, result);
   else
     {
      SayError("CLOSE_ORDER_SELECT_TICKET", "Could not select order with ticket: " + parts[0]);
      return;
     }
   Report(result, "Successfully closed order: " + parts[0], "CLOSE_ORDER_TICKET", "Could not close position " + parts[0]);
  }

//--- Positions and pending orders, all of them or those of a symbol or of a magic number.
void CloseMany(const string symbol, const string magic, const string errorType, const string which)
  {
   if(RefuseUntilAllowed(errorType))
      return;
   int closed = 0;
   int errors = 0;
   MqlTradeResult result;
   for(int i = PositionsTotal() - 1; i >= 0; i--)
     {
      ulong ticket = PositionGetTicket(i);
      if(ticket == 0 || !IsMeant(symbol, magic, PositionGetString(POSITION_SYMBOL), PositionGetInteger(POSITION_MAGIC)))
         continue;
      ClosePosition(ticket, 0, result);
      if(IsDone(result.retcode))
         closed++;
      else
         errors++;
     }
   for(int i = OrdersTotal() - 1; i >= 0; i--)
     {
      ulong ticket = OrderGetTicket(i);
      if(ticket == 0 || !IsPending((ENUM_ORDER_TYPE)OrderGetInteger(ORDER_TYPE)) ||
         !IsMeant(symbol, magic, OrderGetString(ORDER_SYMBOL), OrderGetInteger(ORDER_MAGIC)))
         continue;
      RemoveOrder(ticket, result);
      if(IsDone(result.retcode))
         closed++;
      else
         errors++;
     }
   if(closed == 0 && errors == 0)
      SayInfo("No orders to close" + which + ".");
   else if(errors > 0)
      SayError(errorType, "Error during closing of " + IntegerToString(errors) + " orders" + which + ".");
   else
      SayInfo("Successfully closed " + IntegerToString(closed) + " orders" + which + ".");
  }

bool IsMeant(const string symbol, const string magic, const string itsSymbol, const long itsMagic)
  {
   return((symbol == "" || symbol == itsSymbol) && (magic == "" || StringToInteger(magic) == itsMagic));
  }

void SetExpiration(MqlTradeRequest &request, const datetime expiration)
  {
   request.type_time  = expiration > 0 ? ORDER_TIME_SPECIFIED : ORDER_TIME_GTC;
   request.expiration = expiration;
  }

bool RefuseUntilAllowed(const string errorType)
  {
   if(IsTradeAllowed())
      return(false);
   SayError(errorType, "Trading is off: in the inputs of " + BRIDGE_NAME + ", in the terminal or at the broker");
   return(true);
  }

void Report(const MqlTradeResult &result, const string done, const string errorType, const string failed)
  {
   if(IsDone(result.retcode))
      SayInfo(done);
   else
      SayError(errorType, failed + ": " + result.comment + " (" + IntegerToString((long)result.retcode) + ")");
  }

//--- Content: days.
void AnswerHistoricTrades(const string content)
  {
   long days = StringToInteger(content);
   if(days <= 0)
     {
      SayError("HISTORIC_TRADES", "Lookback days smaller or equal to zero: " + content);
      return;
     }
   HistorySelect(TimeTradeServer() - days * 86400, TimeTradeServer() + 86400);
   string text = "";
   for(int i = HistoryDealsTotal() - 1; i >= 0; i--)
     {
      ulong deal = HistoryDealGetTicket(i);
      if(deal == 0)
         continue;
      string symbol = HistoryDealGetString(deal, DEAL_SYMBOL);
      StringAdd(text, (text == "" ? "" : ", ") + Quoted(IntegerToString((long)deal)) +
                ": {\"magic\": " + IntegerToString(HistoryDealGetInteger(deal, DEAL_MAGIC)) +
                ", \"symbol\": " + Quoted(symbol) +
                ", \"lots\": " + DoubleToString(HistoryDealGetDouble(deal, DEAL_VOLUME), 8) +
                ", \"type\": " + Quoted(DealTypeWord(HistoryDealGetInteger(deal, DEAL_TYPE))) +
                ", \"entry\": " + Quoted(DwxEntryWord(HistoryDealGetInteger(deal, DEAL_ENTRY))) +
                ", \"deal_time\": " + Quoted(SecondText((datetime)HistoryDealGetInteger(deal, DEAL_TIME))) +
                ", \"deal_price\": " + DoubleToString(HistoryDealGetDouble(deal, DEAL_PRICE), DigitsOf(symbol)) +
                ", \"pnl\": " + DoubleToString(HistoryDealGetDouble(deal, DEAL_PROFIT), 2) +
                ", \"commission\": " + DoubleToString(HistoryDealGetDouble(deal, DEAL_COMMISSION), 2) +
                ", \"swap\": " + DoubleToString(HistoryDealGetDouble(deal, DEAL_SWAP), 2) +
                ", \"comment\": " + Quoted(HistoryDealGetString(deal, DEAL_COMMENT)) + "}");
     }
   WriteText("Historic_Trades", "{" + text + "}");
   SayInfo("Successfully read historic trades.");
  }

//+------------------------------------------------------------------+
//| Views: what answers say of orders, deals and the account          |
//+------------------------------------------------------------------+
//--- The same as one more field of an answer; empty where there is none.
string OrderField(const ulong ticket)
  {
   string order = OrderJson(ticket);
   return(order == "" ? "" : ", \"order\": " + order);
  }

//--- An order that works, or one of the history; empty where there is none of this number.
string OrderJson(const ulong ticket)
  {
   if(OrderSelect(ticket))
      return(OrderFields(ticket, IntegerToString(OrderGetInteger(ORDER_MAGIC)), OrderGetString(ORDER_COMMENT),
                         OrderGetString(ORDER_SYMBOL), (ENUM_ORDER_TYPE)OrderGetInteger(ORDER_TYPE), OrderGetDouble(ORDER_PRICE_OPEN),
                         OrderGetDouble(ORDER_VOLUME_INITIAL), OrderGetDouble(ORDER_VOLUME_CURRENT),
                         (ENUM_ORDER_STATE)OrderGetInteger(ORDER_STATE), (datetime)OrderGetInteger(ORDER_TIME_SETUP)));
   if(HistoryOrderSelect(ticket))
      return(OrderFields(ticket, IntegerToString(HistoryOrderGetInteger(ticket, ORDER_MAGIC)), HistoryOrderGetString(ticket, ORDER_COMMENT),
                         HistoryOrderGetString(ticket, ORDER_SYMBOL), (ENUM_ORDER_TYPE)HistoryOrderGetInteger(ticket, ORDER_TYPE),
                         HistoryOrderGetDouble(ticket, ORDER_PRICE_OPEN), HistoryOrderGetDouble(ticket, ORDER_VOLUME_INITIAL),
                         HistoryOrderGetDouble(ticket, ORDER_VOLUME_CURRENT),
                         (ENUM_ORDER_STATE)HistoryOrderGetInteger(ticket, ORDER_STATE), (datetime)HistoryOrderGetInteger(ticket, ORDER_TIME_DONE)));
   return("");
  }

string OrderFields(const ulong ticket, const string magic, const string comment, const string symbol, const ENUM_ORDER_TYPE type,
                   const double price, const double lots, const double left, const ENUM_ORDER_STATE state, const datetime time)
  {
   return("{\"ticket\": " + Quoted(IntegerToString((long)ticket)) +
          ", \"magic\": " + Quoted(magic) +
          ", \"name\": " + Quoted(NameOf(ticket, comment)) +
          ", \"comment\": " + Quoted(comment) +
          ", \"symbol\": " + Quoted(symbol) +
          ", \"type\": " + Quoted(TypeWord(type)) +
          ", \"price\": " + DoubleToString(price, DigitsOf(symbol)) +
          ", \"lots\": " + DoubleToString(lots, 8) +
          ", \"lots_left\": " + DoubleToString(left, 8) +
          ", \"state\": " + Quoted(StateWord(state)) +
          ", \"time\": " + Quoted(SecondText(time)) + "}");
  }

string DealJson(const ulong deal)
  {
   ulong order = (ulong)HistoryDealGetInteger(deal, DEAL_ORDER);
   string symbol = HistoryDealGetString(deal, DEAL_SYMBOL);
   return("{\"ticket\": " + Quoted(IntegerToString((long)deal)) +
          ", \"order\": " + Quoted(IntegerToString((long)order)) +
          ", \"position\": " + Quoted(IntegerToString(HistoryDealGetInteger(deal, DEAL_POSITION_ID))) +
          ", \"magic\": " + Quoted(IntegerToString(HistoryDealGetInteger(deal, DEAL_MAGIC))) +
          ", \"name\": " + Quoted(NameOf(order, HistoryDealGetString(deal, DEAL_COMMENT))) +
          ", \"symbol\": " + Quoted(symbol) +
          ", \"side\": " + Quoted(DealTypeWord(HistoryDealGetInteger(deal, DEAL_TYPE))) +
          ", \"entry\": " + Quoted(EntryWord(HistoryDealGetInteger(deal, DEAL_ENTRY))) +
          ", \"lots\": " + DoubleToString(HistoryDealGetDouble(deal, DEAL_VOLUME), 8) +
          ", \"price\": " + DoubleToString(HistoryDealGetDouble(deal, DEAL_PRICE), DigitsOf(symbol)) +
          ", \"commission\": " + DoubleToString(HistoryDealGetDouble(deal, DEAL_COMMISSION), 8) +
          ", \"fee\": " + DoubleToString(HistoryDealGetDouble(deal, DEAL_FEE), 8) +
          ", \"time_ms\": " + IntegerToString(HistoryDealGetInteger(deal, DEAL_TIME_MSC)) + "}");
  }

string AccountJson()
  {
   return("{\"name\": " + Quoted(AccountInfoString(ACCOUNT_NAME)) +
          ", \"number\": " + IntegerToString(AccountInfoInteger(ACCOUNT_LOGIN)) +
          ", \"server\": " + Quoted(AccountInfoString(ACCOUNT_SERVER)) +
          ", \"currency\": " + Quoted(AccountInfoString(ACCOUNT_CURRENCY)) +
          ", \"leverage\": " + IntegerToString(AccountInfoInteger(ACCOUNT_LEVERAGE)) +
          ", \"trade_mode\": " + Quoted(AccountKindWord()) +
          ", \"margin_mode\": " + Quoted(MarginModeWord()) +
          ", \"free_margin\": " + DoubleToString(AccountInfoDouble(ACCOUNT_MARGIN_FREE), 2) +
          ", \"balance\": " + DoubleToString(AccountInfoDouble(ACCOUNT_BALANCE), 2) +
          ", \"equity\": " + DoubleToString(AccountInfoDouble(ACCOUNT_EQUITY), 2) + "}");
  }

string AccountKindWord()
  {
   switch((int)AccountInfoInteger(ACCOUNT_TRADE_MODE))
     {
      case ACCOUNT_TRADE_MODE_DEMO:
         return("demo");
      case ACCOUNT_TRADE_MODE_CONTEST:
         return("contest");
      default:
         return("real");
     }
  }

string MarginModeWord()
  {
   switch((int)AccountInfoInteger(ACCOUNT_MARGIN_MODE))
     {
      case ACCOUNT_MARGIN_MODE_RETAIL_HEDGING:
         return("hedging");
      case ACCOUNT_MARGIN_MODE_EXCHANGE:
         return("exchange");
      default:
         return("netting");
     }
  }

string TradeModeOf(const string symbol)
  {
   switch((int)SymbolInfoInteger(symbol, SYMBOL_TRADE_MODE))
     {
      case SYMBOL_TRADE_MODE_FULL:
         return("full");
      case SYMBOL_TRADE_MODE_LONGONLY:
         return("long_only");
      case SYMBOL_TRADE_MODE_SHORTONLY:
         return("short_only");
      case SYMBOL_TRADE_MODE_CLOSEONLY:
         return("close_only");
      default:
         return("disabled");
     }
  }

string StateWord(const ENUM_ORDER_STATE state)
  {
   switch(state)
     {
      case ORDER_STATE_STARTED:
         return("started");
      case ORDER_STATE_PLACED:
         return("placed");
      case ORDER_STATE_CANCELED:
         return("canceled");
      case ORDER_STATE_PARTIAL:
         return("partial");
      case ORDER_STATE_FILLED:
         return("filled");
      case ORDER_STATE_REJECTED:
         return("rejected");
      case ORDER_STATE_EXPIRED:
         return("expired");
      case ORDER_STATE_REQUEST_ADD:
         return("request_add");
      case ORDER_STATE_REQUEST_MODIFY:
         return("request_modify");
      case ORDER_STATE_REQUEST_CANCEL:
         return("request_cancel");
      default:
         return("unknown");
     }
  }

string TypeWord(const ENUM_ORDER_TYPE type)
  {
   switch(type)
     {
      case ORDER_TYPE_BUY:
         return("buy");
      case ORDER_TYPE_SELL:
         return("sell");
      case ORDER_TYPE_BUY_LIMIT:
         return("buylimit");
      case ORDER_TYPE_SELL_LIMIT:
         return("selllimit");
      case ORDER_TYPE_BUY_STOP:
         return("buystop");
      case ORDER_TYPE_SELL_STOP:
         return("sellstop");
      case ORDER_TYPE_BUY_STOP_LIMIT:
         return("buystoplimit");
      case ORDER_TYPE_SELL_STOP_LIMIT:
         return("sellstoplimit");
      default:
         return("closeby");
     }
  }

bool TypeOf(const string word, ENUM_ORDER_TYPE &type)
  {
   ENUM_ORDER_TYPE types[] =
     {
      ORDER_TYPE_BUY, ORDER_TYPE_SELL, ORDER_TYPE_BUY_LIMIT, ORDER_TYPE_SELL_LIMIT, ORDER_TYPE_BUY_STOP, ORDER_TYPE_SELL_STOP
     };
   for(int i = 0; i < ArraySize(types); i++)
      if(TypeWord(types[i]) == word)
        {
         type = types[i];
         return(true);
        }
   return(false);
  }

string DealTypeWord(const long type)
  {
   if(type == DEAL_TYPE_BUY)
      return("buy");
   if(type == DEAL_TYPE_SELL)
      return("sell");
   return(type == DEAL_TYPE_BALANCE ? "balance" : "other");
  }

//--- DWX Connect has words of its own for the same.
string DwxEntryWord(const long entry)
  {
   return(entry == DEAL_ENTRY_INOUT ? "in_out" : "entry_" + EntryWord(entry));
  }

string EntryWord(const long entry)
  {
   if(entry == DEAL_ENTRY_IN)
      return("in");
   if(entry == DEAL_ENTRY_OUT)
      return("out");
   return(entry == DEAL_ENTRY_INOUT ? "inout" : "out_by");
  }

//+------------------------------------------------------------------+
//| Symbols                                                           |
//+------------------------------------------------------------------+
void AnswerSymbols()
  {
   string text = "{";
   int total = SymbolsTotal(false);
   for(int i = 0; i < total; i++)
     {
      string symbol = SymbolName(i, false);
      bool isTrading = SymbolInfoInteger(symbol, SYMBOL_TRADE_MODE) != SYMBOL_TRADE_MODE_DISABLED;
      if(i > 0)
         StringAdd(text, ", ");
      StringAdd(text, Quoted(symbol) +
                ": {\"base\": " + Quoted(SymbolInfoString(symbol, SYMBOL_CURRENCY_BASE)) +
                ", \"quote\": " + Quoted(SymbolInfoString(symbol, SYMBOL_CURRENCY_PROFIT)) +
                ", \"tick_size\": " + DoubleToString(SymbolInfoDouble(symbol, SYMBOL_TRADE_TICK_SIZE), 10) +
                ", \"volume_step\": " + DoubleToString(SymbolInfoDouble(symbol, SYMBOL_VOLUME_STEP), 8) +
                ", \"contract_size\": " + DoubleToString(SymbolInfoDouble(symbol, SYMBOL_TRADE_CONTRACT_SIZE), 8) +
                ", \"is_trading\": " + (isTrading ? "true" : "false") +
                ", \"kind\": " + Quoted(KindOf(symbol)) + "}");
     }
   StringAdd(text, "}");
   WriteText("Symbols", text);
  }

string KindOf(const string symbol)
  {
   switch((int)SymbolInfoInteger(symbol, SYMBOL_TRADE_CALC_MODE))
     {
      case SYMBOL_CALC_MODE_FOREX:
      case SYMBOL_CALC_MODE_FOREX_NO_LEVERAGE:
         return("forex");
      case SYMBOL_CALC_MODE_EXCH_STOCKS:
         return("stock");
      case SYMBOL_CALC_MODE_FUTURES:
      case SYMBOL_CALC_MODE_EXCH_FUTURES:
         return("future");
      default:
         return("other");
     }
  }

//+------------------------------------------------------------------+
//| Signs of life                                                     |
//+------------------------------------------------------------------+
void Beat()
  {
   lastBeatMs = GetTickCount64();
   hasChanged = false;
   bool isConnected = (bool)TerminalInfoInteger(TERMINAL_CONNECTED);
   WriteText("Heartbeat",
             "{\"bridge\": " + Quoted(BRIDGE_NAME) +
             ", \"version\": " + IntegerToString(BRIDGE_VERSION) +
             ", \"started\": " + Quoted(startedText) +
             ", \"server_time\": " + Quoted(SecondText(TimeTradeServer())) +
             ", \"utc_time\": " + Quoted(SecondText(TimeGMT())) +
             ", \"connected\": " + (isConnected ? "true" : "false") +
             ", \"changes\": " + IntegerToString((long)changes) + "}");
   WriteOrders();
  }

//--- The account, and positions and orders under their numbers, as DWX Connect writes them.
void WriteOrders()
  {
   string text = "";
   for(int i = 0; i < PositionsTotal(); i++)
     {
      ulong ticket = PositionGetTicket(i);
      if(ticket == 0)
         continue;
      StringAdd(text, (text == "" ? "" : ", ") +
                LineJson(ticket, PositionGetInteger(POSITION_MAGIC), PositionGetString(POSITION_SYMBOL), PositionGetDouble(POSITION_VOLUME),
                         PositionGetInteger(POSITION_TYPE) == POSITION_TYPE_BUY ? "buy" : "sell",
                         PositionGetDouble(POSITION_PRICE_OPEN), (datetime)PositionGetInteger(POSITION_TIME),
                         PositionGetDouble(POSITION_SL), PositionGetDouble(POSITION_TP), PositionGetDouble(POSITION_PROFIT),
                         PositionGetDouble(POSITION_SWAP), PositionGetString(POSITION_COMMENT)));
     }
   for(int i = 0; i < OrdersTotal(); i++)
     {
      ulong ticket = OrderGetTicket(i);
      if(ticket == 0)
         continue;
      StringAdd(text, (text == "" ? "" : ", ") +
                LineJson(ticket, OrderGetInteger(ORDER_MAGIC), OrderGetString(ORDER_SYMBOL), OrderGetDouble(ORDER_VOLUME_CURRENT),
                         TypeWord((ENUM_ORDER_TYPE)OrderGetInteger(ORDER_TYPE)), OrderGetDouble(ORDER_PRICE_OPEN),
                         (datetime)OrderGetInteger(ORDER_TIME_SETUP), OrderGetDouble(ORDER_SL), OrderGetDouble(ORDER_TP), 0, 0,
                         OrderGetString(ORDER_COMMENT)));
     }
   WriteText("Orders", "{\"account_info\": " + AccountJson() + ", \"orders\": {" + text + "}}");
  }

string LineJson(const ulong ticket, const long magic, const string symbol, const double lots, const string type, const double price,
                const datetime time, const double stopLoss, const double takeProfit, const double profit, const double swap,
                const string comment)
  {
   int digits = DigitsOf(symbol);
   return(Quoted(IntegerToString((long)ticket)) + ": {\"magic\": " + IntegerToString(magic) +
          ", \"symbol\": " + Quoted(symbol) +
          ", \"lots\": " + DoubleToString(lots, 8) +
          ", \"type\": " + Quoted(type) +
          ", \"open_price\": " + DoubleToString(price, digits) +
          ", \"open_time\": " + Quoted(SecondText(time)) +
          ", \"SL\": " + DoubleToString(stopLoss, digits) +
          ", \"TP\": " + DoubleToString(takeProfit, digits) +
          ", \"pnl\": " + DoubleToString(profit, 2) +
          ", \"swap\": " + DoubleToString(swap, 2) +
          ", \"comment\": " + Quoted(comment) + "}");
  }

//+------------------------------------------------------------------+
//| Messages                                                          |
//+------------------------------------------------------------------+
void SayInfo(const string text)
  {
   Print(BRIDGE_NAME, ": ", text);
   Say("{\"type\": \"INFO\", \"time\": " + Quoted(SecondText(TimeGMT())) + ", \"message\": " + Quoted(text) + "}");
  }

void SayError(const string kind, const string text)
  {
   Print(BRIDGE_NAME, ": ", kind, ": ", text);
   Say("{\"type\": \"ERROR\", \"time\": " + Quoted(SecondText(TimeGMT())) + ", \"error_type\": " + Quoted(kind) +
       ", \"description\": " + Quoted(text) + "}");
  }

void Say(const string json)
  {
   // Numbers grow, so that a reader knows what is new.
   ulong number = GetTickCount64();
   if(number <= lastNumber)
      number = lastNumber + 1;
   lastNumber = number;
   int count = ArraySize(messages);
   if(count >= MessagesKept && count > 0)
     {
      for(int i = 1; i < count; i++)
         messages[i - 1] = messages[i];
      count--;
     }
   ArrayResize(messages, count + 1);
   messages[count].number = number;
   messages[count].json   = json;
   string text = "{";
   for(int i = 0; i <= count; i++)
      StringAdd(text, (i > 0 ? ", " : "") + "\"" + IntegerToString((long)messages[i].number) + "\": " + messages[i].json);
   WriteText("Messages", text + "}");
  }

//+------------------------------------------------------------------+
//| Words                                                             |
//+------------------------------------------------------------------+
bool FrameOf(const string name, ENUM_TIMEFRAMES &frame)
  {
   string names[] = {"M1", "M5", "M15", "M30", "H1", "H4", "D1", "W1", "MN1"};
   ENUM_TIMEFRAMES frames[] =
     {
      PERIOD_M1, PERIOD_M5, PERIOD_M15, PERIOD_M30, PERIOD_H1, PERIOD_H4, PERIOD_D1, PERIOD_W1, PERIOD_MN1
     };
   for(int i = 0; i < ArraySize(names); i++)
      if(names[i] == name)
        {
         frame = frames[i];
         return(true);
        }
   return(false);
  }

int DigitsOf(const string symbol)
  {
   return((int)SymbolInfoInteger(symbol, SYMBOL_DIGITS));
  }

string BarJson(const MqlRates &rate, const int digits)
  {
   return("\"open\": " + DoubleToString(rate.open, digits) +
          ", \"high\": " + DoubleToString(rate.high, digits) +
          ", \"low\": " + DoubleToString(rate.low, digits) +
          ", \"close\": " + DoubleToString(rate.close, digits) +
          ", \"tick_volume\": " + IntegerToString(rate.tick_volume));
  }

string MinuteText(const datetime time)
  {
   return(TimeToString(time, TIME_DATE | TIME_MINUTES));
  }

string SecondText(const datetime time)
  {
   return(TimeToString(time, TIME_DATE | TIME_SECONDS));
  }

string Quoted(const string text)
  {
   string result = text;
   StringReplace(result, "\\", "\\\\");
   StringReplace(result, "\"", "\\\"");
   StringReplace(result, "\r", " ");
   StringReplace(result, "\n", " ");
   StringReplace(result, "\t", " ");
   return("\"" + result + "\"");
  }

//+------------------------------------------------------------------+
//| Files                                                             |
//+------------------------------------------------------------------+
string PathOf(const string name)
  {
   return(StringFormat("DWX\\DWX_%s.txt", name));
  }

bool ReadText(const string path, string &text)
  {
   int handle = FileOpen(path, FILE_READ | FILE_TXT | FILE_ANSI | FILE_SHARE_READ, '\t', CP_UTF8);
   if(handle == INVALID_HANDLE)
      return(false);
   text = "";
   while(!FileIsEnding(handle))
      text += FileReadString(handle);
   FileClose(handle);
   return(true);
  }

//--- Aside and moved into place: a reader sees the old file or the new one.
bool WriteText(const string name, const string text)
  {
   string path  = PathOf(name);
   string aside = StringFormat("DWX\\DWX_%s.partial", name);
   if(!WriteWhole(aside, text))
      return(false);
   if(FileMove(aside, 0, path, FILE_REWRITE))
      return(true);
   // The file is being read: write into it, and the reader finds it half written and looks again.
   FileDelete(aside);
   return(WriteWhole(path, text));
  }

bool WriteWhole(const string path, const string text)
  {
   int handle = FileOpen(path, FILE_WRITE | FILE_TXT | FILE_ANSI | FILE_SHARE_READ, '\t', CP_UTF8);
   if(handle == INVALID_HANDLE)
      return(false);
   bool isWritten = FileWriteString(handle, text) > 0;
   FileClose(handle);
   return(isWritten);
  }
//+------------------------------------------------------------------+
