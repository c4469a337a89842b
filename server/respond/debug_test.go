package respond
import ("testing";"os";"fmt";"aufruf/server/exchange";"aufruf/server/queue";"math")
func TestDebug(t *testing.T){
 for _,n:=range []string{"normal","two_desks","appt_heavy","day_one"}{
  f,_:=os.Open("/work/shared/forecast/"+n+".jsonl")
  s:=New(false); day:=0
  var pl,al,nl,pg,ag,ng,z,zz,pw,aw float64
  exchange.Read(f,func(l *exchange.Line)error{
   if l.Ev=="day"{day++}
   if (day>8||n=="day_one")&&s.day!=nil {
    now:=s.instant(l.At)
    if l.Ev=="finished"{ tk:=s.state.Ticket(l.Ticket); w:=s.model.World(s.rules,&s.ahead,now); L:=w.Lengths[tk.Leg[0].Service]
      act:=now.Sub(tk.StartedAt).Minutes(); v:=L.Sigma*L.Sigma+L.Sd*L.Sd; pl+=math.Exp(L.Mu+v/2); al+=act; nl++
      q:=(math.Log(math.Max(act,.3))-L.Mu)/math.Sqrt(v); z+=q; zz+=q*q }
    if l.Ev=="called"{ d:=s.model.Watch(); _=d; fs:=int64(0); for _,x:=range []string{l.Desk}{ fs=watchFree(s,x)}; tk:=s.state.Ticket(l.Ticket); key:=tk.Key()
      if fs>0 && s.rules.CallableAt(&key)<=fs { w:=s.model.World(s.rules,&s.ahead,now); var m float64; tab:=w.After[0]; for _,x:=range tab{m+=float64(x)/float64(len(tab))}
        if watchAfter(s,l.Desk)==0 {pg+=m/6e10; ag+=float64(now.UnixNano()-fs)/6e10; ng++ }}}
    if l.Ev=="served"{ tk:=s.state.Ticket(l.Ticket); w:=s.model.World(s.rules,&s.ahead,now); var m float64; for _,x:=range w.Walk{m+=float64(x)/float64(len(w.Walk))}; pw+=m/6e10; aw+=now.Sub(tk.CalledAt).Minutes()}
   }
   _,err:=s.Take(l); return err})
  fmt.Printf("%s length pred %.3f act %.3f n %.0f z %.3f sd %.3f | gap pred %.3f act %.3f n %.0f | walk %.3f %.3f\n",n,pl/nl,al/nl,nl,z/nl,math.Sqrt(zz/nl),pg/ng,ag/ng,ng,pw/nl,aw/nl)
  _=queue.Item{}
 }
}
func watchFree(s *System,id string)int64{return s.model.Watch().FreeSince(id)}
func watchAfter(s *System,id string)int{return s.model.Watch().AfterOf(id)}
